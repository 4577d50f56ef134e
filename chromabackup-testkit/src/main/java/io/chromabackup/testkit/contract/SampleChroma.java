package io.chromabackup.testkit.contract;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A small data directory that a real Chroma wrote, for tests that have none of their own. */
public final class SampleChroma {
  /** How many documents are in it. */
  public static final long DOCUMENTS = 1182;

  /** How many collections are in it. */
  public static final int COLLECTIONS = 5;

  /** As old as a file is that nobody writes any more. */
  private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2026-01-02T03:04:05Z"));

  /** The one directory whose index was persisted. */
  static final String PERSISTED = "ca1ea475-9d8d-4ba9-be8f-2089d80036d4";

  private static final List<String> SEGMENTS =
      List.of(
          "1dcdaae9-e9fd-4604-8619-6b1d732e5901",
          "9739e281-6fb2-4048-b316-d9013122fffc",
          PERSISTED,
          "dfee4265-b8bb-4c12-b2ff-6122939480cd",
          "f79043db-f876-434f-be2d-23b5cb57d9a5");
  private static final List<String> INDEX =
      List.of("data_level0.bin", "header.bin", "length.bin", "link_lists.bin");

  private SampleChroma() {}

  /**
   * Copies it.
   *
   * @param directory where to, on any file system; it need not exist
   * @return the same directory
   * @throws IOException if that fails
   */
  public static Path copyTo(Path directory) throws IOException {
    for (String name : files()) {
      Path file = directory.resolve(name);
      Files.createDirectories(file.getParent());
      try (InputStream in = SampleChroma.class.getResourceAsStream("chroma/" + name)) {
        Files.copy(Objects.requireNonNull(in, name), file);
      }
      Files.setLastModifiedTime(file, LONG_AGO);
    }
    return directory;
  }

  private static List<String> files() {
    List<String> files = new ArrayList<>(List.of("chroma.sqlite3"));
    for (String segment : SEGMENTS) {
      INDEX.forEach(name -> files.add(segment + "/" + name));
    }
    files.add(PERSISTED + "/index_metadata.pickle");
    return files;
  }
}
