package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ArchivesTest {
  private static final Instant NOW = Instant.parse("2026-11-22T02:00:00Z");

  private final Shelf shelf = new Shelf();
  private final Archives archives = new Archives(shelf);

  private static ArchiveName name(int daysAgo) {
    return ArchiveName.of(NOW.minus(Duration.ofDays(daysAgo)), ArchiveFormat.TAR_GZ);
  }

  private ArchiveName put(int daysAgo, String source, String... faults) throws IOException {
    ArchiveName name = name(daysAgo);
    byte[] content = {1, 2, 3};
    Entry entry = Entry.file("chroma.sqlite3", content.length, NOW);
    Manifest manifest =
        new Manifest(
            "1",
            name.createdAt(),
            source,
            Quiet.STOP,
            Duration.ZERO,
            Map.of(),
            List.of(),
            List.of(new Manifest.File(entry, Digests.of(content))),
            Thoroughness.FAST,
            List.of(faults));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new ArchiveWriter(
            ArchiveFormat.TAR_GZ,
            manifest,
            sink -> sink.accept(entry, new ByteArrayInputStream(content)))
        .writeTo(out);
    shelf.put(name.toString(), out.toByteArray());
    return name;
  }

  @Test
  void theNewestIsFirst() throws IOException {
    put(1, "a");
    put(3, "a");
    put(2, "a");

    assertThat(archives.list())
        .extracting(ArchiveListing::name)
        .containsExactly(name(1), name(2), name(3));
  }

  @Test
  void theLastGoodOneIsOfTheSameSourceAndSound() throws IOException {
    put(5, "mine");
    ArchiveName last = put(4, "mine");
    put(3, "mine", "a fault");
    put(2, "another");
    shelf.put(name(1).toString(), new byte[7]);

    assertThat(lastGoodOf("mine")).contains(last);
    assertThat(lastGoodOf("nobody's")).isEmpty();
  }

  @Test
  void theLastGoodOneIsOfTheFutureOnlyIfThereIsNoOther() throws IOException {
    put(-700, "mine");
    ArchiveName ofAnHourAhead = put(0, "mine");
    ArchiveName nearest = put(-2, "theirs");

    assertThat(archives.lastGoodOf("mine"::equals, NOW.minus(Duration.ofHours(1))))
        .map(ArchiveListing::name)
        .contains(ofAnHourAhead);
    assertThat(lastGoodOf("theirs")).contains(nearest);
  }

  private Optional<ArchiveName> lastGoodOf(String source) throws IOException {
    return archives.lastGoodOf(source::equals, NOW).map(ArchiveListing::name);
  }

  @Test
  void anOutlineSaysWhoseItIsAndWhatItIsWorth() throws IOException {
    put(1, "a");
    shelf.put(name(2).toString(), new byte[7]);

    assertThat(archives.outlines())
        .containsExactly(
            outline(1, ArchiveStanding.GOOD, Optional.of("a"), OptionalLong.of(0)),
            outline(2, ArchiveStanding.DAMAGED, Optional.empty(), OptionalLong.empty()));
  }

  private Outline outline(
      int daysAgo, ArchiveStanding standing, Optional<String> source, OptionalLong documents) {
    ArchiveInfo info =
        shelf.list().stream()
            .filter(listed -> listed.name().equals(name(daysAgo)))
            .findFirst()
            .orElseThrow();
    return new Outline(info, standing, source, documents);
  }

  @Test
  void whatListedArchivesHaveInCommonIsHeldOnce() throws IOException {
    put(1, "a");
    put(2, "a");

    List<ArchiveListing> listings = archives.list();

    assertThat(listings.get(0).manifest().orElseThrow().files().get(0))
        .isSameAs(listings.get(1).manifest().orElseThrow().files().get(0));
  }

  @Test
  void oneThatCannotBeReadSaysWhyAndTheOthersAreListed() throws IOException {
    shelf.fail(put(1, "a"), new AccessDeniedException("x"));
    shelf.fail(put(2, "a"), new IOException("Input/output error"));
    shelf.put(name(3).toString(), new byte[7]);
    put(4, "a");

    List<ArchiveListing> listings = archives.list();

    assertThat(listings)
        .extracting(ArchiveListing::standing)
        .containsExactly(
            ArchiveStanding.UNREAD,
            ArchiveStanding.UNREAD,
            ArchiveStanding.DAMAGED,
            ArchiveStanding.GOOD);
    assertThat(listings.get(0).problem()).contains("access to it is denied");
    assertThat(listings.get(1).problem()).contains("it could not be read: Input/output error");
    assertThat(listings.get(2).problem()).get().asString().contains("is damaged");
    assertThat(listings.get(3).problem()).isEmpty();
  }

  @Test
  void oneThatOnlyThisProcessCannotReadIsNoDamagedOne() throws IOException {
    shelf.fail(put(1, "a"), new SocketTimeoutException("slow"));
    shelf.put(name(2).toString(), newer().gz());

    List<ArchiveListing> listings = archives.list();

    assertThat(listings)
        .extracting(ArchiveListing::standing)
        .containsExactly(ArchiveStanding.UNREAD, ArchiveStanding.UNREAD);
    assertThat(listings.get(1).problem()).get().asString().contains("format 2", "may be sound");
    assertThat(Archives.anyUntold(archives.outlines())).isTrue();
  }

  private static RawTar newer() {
    String text = HostileSample.INSTANCE.text();
    return HostileSample.INSTANCE.saying(text.replaceFirst("(\"formatVersion\" : )1", "$12"));
  }

  @Test
  void whatAStoreThrowsUncheckedSaysNothingOfTheArchive() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() {
            throw new IllegalStateException("connection pool shut down");
          }
        };

    assertThatThrownBy(() -> new ArchiveReader("x", broken).manifest())
        .isExactlyInstanceOf(IOException.class)
        .hasMessageContaining("connection pool shut down");
  }

  @Test
  void oneThatGoesMeanwhileIsLeftOut() throws IOException {
    put(1, "a");
    shelf.fail(put(2, "a"), new ChromaBackupException.ArchiveNotFound(name(2), shelf.describe()));

    assertThat(archives.list()).extracting(ArchiveListing::name).containsExactly(name(1));
  }

  @Test
  void anInterruptIsNoPropertyOfAnArchive() throws IOException {
    shelf.fail(put(1, "a"), new InterruptedIOException());

    assertThatThrownBy(archives::list).isInstanceOf(InterruptedIOException.class);
  }

  @Test
  void oneThatIsNotThereIsNamed() throws IOException {
    assertThat(archives.info(put(1, "a")).name()).isEqualTo(name(1));
    assertThatThrownBy(() -> archives.info(name(2)))
        .isInstanceOf(ChromaBackupException.ArchiveNotFound.class)
        .hasMessageContaining(name(2).toString());
  }

  @Test
  void whatAnArchiveSaysDecidesWhatItCountsFor() throws IOException {
    put(1, "a");
    put(2, "a", "a fault");
    shelf.rename(put(3, "a"), name(4));
    shelf.put(name(5).toString(), legacy());

    assertThat(archives.list())
        .extracting(ArchiveListing::standing)
        .containsExactly(
            ArchiveStanding.GOOD,
            ArchiveStanding.SALVAGED,
            ArchiveStanding.MISDATED,
            ArchiveStanding.LEGACY);
  }

  /** As the scripts made them: a tar without a manifest. */
  private static byte[] legacy() {
    return RawTar.gzip(HostileSample.INSTANCE.legacy().bytes());
  }
}
