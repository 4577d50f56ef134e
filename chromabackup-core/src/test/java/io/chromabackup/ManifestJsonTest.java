package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestJsonTest {
  private final Manifest sound = SampleArchive.small().manifest;

  @Test
  void whatIsWrittenIsRead() throws IOException {
    assertThat(ManifestJson.read(ManifestJson.write(sound))).isEqualTo(sound);
  }

  @Test
  void damagedDataIsSaidToBeSo() throws IOException {
    Manifest salvaged =
        SampleArchive.manifestOf(
            SampleArchive.small().files, List.of("collection a/b/c: header.bin: too short"));

    assertThat(text(salvaged)).contains("\"sound\" : false").contains("header.bin: too short");
    assertThat(ManifestJson.read(ManifestJson.write(salvaged)).isSound()).isFalse();
  }

  @Test
  void itSaysHowThoroughlyTheDataWasInspected() throws IOException {
    assertThat(text(sound)).contains("\"inspection\" : \"fast\"");
  }

  @Test
  void manifestsThatDoNotSaySoAreOfTheTimeWhenEverythingWasInspected() throws IOException {
    String old = text(sound).replaceFirst("\"inspection\" : \"fast\",", "");

    assertThat(ManifestJson.read(old.getBytes(StandardCharsets.UTF_8)).inspection())
        .isEqualTo(Thoroughness.THOROUGH);
  }

  @Test
  void aPersonCanReadIt() throws IOException {
    assertThat(text(sound))
        .contains("\"formatVersion\" : 1")
        .contains("\"documents\" : 1090")
        .contains("\"path\" : \"chroma/chroma.sqlite3\"")
        .contains("\"mode\" : \"0640\"")
        .contains("\"uid\" : 1000")
        .contains("\"createdAt\" : \"2026-11-22T10:20:30Z\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "null", "{", "{}", "{\"formatVersion\":\"x\"}", "\0"})
  void whatIsNoManifestIsRefused(String text) {
    assertThatIOException()
        .isThrownBy(() -> ManifestJson.read(text.getBytes(StandardCharsets.UTF_8)))
        .withMessageContaining("its manifest");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "createdAt",
        "source",
        "quiet",
        "heldMillis",
        "schema",
        "collections",
        "files",
        "faults"
      })
  void aMissingFieldIsRefusedByName(String field) throws IOException {
    byte[] text = text(sound).replace('"' + field + '"', "\"other\"").getBytes();

    assertThatIOException().isThrownBy(() -> ManifestJson.read(text)).withMessageContaining(field);
  }

  @Test
  void aPathThatLeavesTheDataDirectoryIsRefused() throws IOException {
    byte[] text = text(sound).replace("chroma/chroma.sqlite3", "chroma/../../x").getBytes();

    assertThatIOException()
        .isThrownBy(() -> ManifestJson.read(text))
        .withMessageContaining("unsafe path");
  }

  @Test
  void fieldsOfALaterReleaseAreIgnored() throws IOException {
    byte[] text = text(sound).replaceFirst("\\{", "{\"addedLater\": [1, {\"a\": 2}],").getBytes();

    assertThat(ManifestJson.read(text)).isEqualTo(sound);
  }

  private static String text(Manifest manifest) throws IOException {
    return new String(ManifestJson.write(manifest), StandardCharsets.UTF_8);
  }

  @Test
  void whatTakesNoRoomIsSaidOnlyWhereThereIsSome() throws IOException {
    assertThat(text(sound)).doesNotContain("allocated");

    Manifest sparse = sparse(sound.bytes() - 1);
    assertThat(text(sparse)).contains("\"allocated\" : " + (sound.bytes() - 1));
    assertThat(ManifestJson.read(ManifestJson.write(sparse))).isEqualTo(sparse);
    assertThat(ManifestJson.read(ManifestJson.write(sparse(0)))).isEqualTo(sparse(0));
  }

  @Test
  void moreCannotBeAllocatedThanThereIs() {
    for (long allocated : new long[] {-1, sound.bytes() + 1}) {
      assertThatIOException()
          .isThrownBy(() -> ManifestJson.read(ManifestJson.write(sparse(allocated))))
          .withMessageContaining("take up " + allocated);
    }
  }

  private Manifest sparse(long allocated) {
    return new Manifest(
        sound.library(),
        sound.createdAt(),
        sound.source(),
        sound.quiet(),
        sound.held(),
        sound.schema(),
        sound.collections(),
        sound.files(),
        allocated,
        sound.inspection(),
        sound.faults());
  }

  @Test
  void itsBytesAreThoseOfItsFiles() {
    assertThat(sound.bytes()).isEqualTo(300 + 520).isEqualTo(sound.allocated());
  }
}
