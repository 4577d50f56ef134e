package io.chromabackup;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The good data that hostile archives are made around: what a real server left. */
final class HostileSample {
  static final Path DATA = Path.of("../examples/quickstart/fixture/chroma");
  static final Instant MADE = Instant.ofEpochSecond(1_700_000_000);
  static final HostileSample INSTANCE = new HostileSample();

  /** What any archive of it unpacks to, when it has come to rest. */
  final TreeMap<String, String> unpacked = new TreeMap<>();

  final TreeMap<String, byte[]> files = new TreeMap<>();
  final Manifest manifest;

  /** A directory that is Chroma's by its name. */
  final String segment;

  /** The one whose index was saved, so that its files are needed. */
  final String saved;

  private HostileSample() {
    try (Stream<Path> found = Files.walk(DATA)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        files.put(DATA.relativize(file).toString(), Files.readAllBytes(file));
      }
      manifest = describe();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String first = files.firstKey();
    segment = first.substring(0, first.indexOf('/'));
    String ids = "/index_metadata.pickle";
    saved =
        files.keySet().stream()
            .filter(path -> path.endsWith(ids))
            .map(path -> path.substring(0, path.length() - ids.length()))
            .findFirst()
            .orElseThrow();
  }

  private Manifest describe() throws IOException {
    List<Manifest.File> listed = new ArrayList<>();
    files.forEach(
        (path, bytes) ->
            listed.add(new Manifest.File(Entry.file(path, bytes.length, MADE), Digests.of(bytes))));
    Path place = Files.createTempDirectory("sample");
    try (Staging staging = Staging.in(place.resolve("work"))) {
      for (Manifest.File file : listed) {
        byte[] bytes = files.get(file.entry().path());
        staging.accept(file.entry(), new java.io.ByteArrayInputStream(bytes));
      }
      StagedInspection inspection = StagedInspection.of(staging, Thoroughness.THOROUGH);
      for (Entry entry : staging.entries()) {
        if (entry.isFile()) {
          unpacked.put(entry.path(), digest(staging.directory().resolve(entry.path())));
        }
      }
      return new Manifest(
          "1",
          MADE,
          "/srv/chroma",
          Quiet.STOP,
          Duration.ZERO,
          inspection.schema(),
          inspection.collections(),
          listed,
          Thoroughness.FAST,
          List.of());
    } finally {
      Files.deleteIfExists(place);
    }
  }

  /** The files, as the scripts archived them. */
  RawTar legacy() {
    RawTar tar = new RawTar().directory("chroma/");
    files.forEach((path, bytes) -> tar.file("chroma/" + path, bytes));
    return tar;
  }

  /** The manifest and the files, without the checksums at the end. */
  RawTar own() {
    RawTar tar = new RawTar().file(ArchiveLayout.MANIFEST, json());
    files.forEach((path, bytes) -> tar.file("chroma/" + path, bytes));
    return tar;
  }

  RawTar ownComplete() {
    return own().file(ArchiveLayout.CHECKSUMS, Checksums.of(manifest, json()));
  }

  /** Complete but for a file that the manifest does not list either. */
  RawTar without(String path) {
    List<Manifest.File> listed =
        manifest.files().stream().filter(file -> !file.entry().path().equals(path)).toList();
    return claiming(manifest.collections(), List.of(), listed);
  }

  /** Complete, with a manifest that says something else of the same files. */
  RawTar claiming(List<CollectionSummary> collections, List<String> faults) {
    return claiming(collections, faults, manifest.files());
  }

  /** What an archive may say of itself that says something else. */
  Manifest claim(
      List<CollectionSummary> collections, List<String> faults, List<Manifest.File> listed) {
    return new Manifest(
        manifest.library(),
        manifest.createdAt(),
        manifest.source(),
        manifest.quiet(),
        manifest.held(),
        manifest.schema(),
        collections,
        listed,
        manifest.inspection(),
        faults);
  }

  private RawTar claiming(
      List<CollectionSummary> collections, List<String> faults, List<Manifest.File> listed) {
    Manifest claim = claim(collections, faults, listed);
    byte[] json = json(claim);
    RawTar tar = new RawTar().file(ArchiveLayout.MANIFEST, json);
    for (Manifest.File file : listed) {
      String path = file.entry().path();
      tar.file("chroma/" + path, java.util.Objects.requireNonNull(files.get(path)));
    }
    return tar.file(ArchiveLayout.CHECKSUMS, Checksums.of(claim, json));
  }

  byte[] json() {
    return json(manifest);
  }

  private static byte[] json(Manifest manifest) {
    try {
      return ManifestJson.write(manifest);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String text() {
    return new String(json(), StandardCharsets.UTF_8);
  }

  /** An archive whose manifest is another text. */
  RawTar saying(String text) {
    RawTar tar = new RawTar().file(ArchiveLayout.MANIFEST, text.getBytes(StandardCharsets.UTF_8));
    files.forEach((path, bytes) -> tar.file("chroma/" + path, bytes));
    return tar.file(ArchiveLayout.CHECKSUMS, Checksums.of(manifest, json()));
  }

  static String digest(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Digests.of(in.readAllBytes());
    }
  }
}
