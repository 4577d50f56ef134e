package io.chromabackup.testkit;

import io.chromabackup.testkit.contract.SampleChroma;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** {@link SampleChroma}, and what tests do with it. */
public final class Fixture {

  /** How many documents are in it. */
  public static final long DOCUMENTS = SampleChroma.DOCUMENTS;

  /** The collection whose index was persisted. */
  public static final String ARTICLES = "default_tenant/default_database/articles";

  private Fixture() {}

  /** Copies it, to any file system. */
  public static Path copyTo(Path directory) {
    try {
      return SampleChroma.copyTo(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies a directory with the times of its files. */
  public static Path copy(Path from, Path to) {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.write(target, Files.readAllBytes(path));
          // as old as a file is that nobody writes any more
          Files.setLastModifiedTime(target, Files.getLastModifiedTime(path));
        }
      }
      return to;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every file below a directory with its content, so that two directories can be compared. */
  public static Map<String, Integer> content(Path directory) {
    Map<String, Integer> content = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.filter(Files::isRegularFile).toList()) {
        content.put(
            directory.relativize(path).toString(), Arrays.hashCode(Files.readAllBytes(path)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return content;
  }

  /** Turns every bit of a stretch in the middle of a file, so that no decoder makes sense of it. */
  public static void rot(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      for (int i = bytes.length / 2; i < bytes.length / 2 + 64; i++) {
        bytes[i] ^= (byte) 0xff;
      }
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The directory of the one segment that was persisted. */
  public static Path persistedSegment(Path data) {
    try (Stream<Path> all = Files.walk(data)) {
      return all.filter(directory -> Files.exists(directory.resolve("index_metadata.pickle")))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
