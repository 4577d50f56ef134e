package io.chromabackup.docker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** What {@code docker cp} copies out of a container, be it running or not. */
final class Tars {
  private Tars() {}

  /** The names of all that is in a directory of a container. */
  static List<String> names(String container, String directory) {
    try {
      Path file = Files.createTempFile("copied-", ".tar");
      try {
        DockerCli.dockerTo(file, "cp", container + ":" + directory, "-");
        return names(file);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of all that is in a tar file. */
  static List<String> names(Path file) throws IOException {
    List<String> names = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file);
        TarArchiveInputStream tar = new TarArchiveInputStream(in)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        names.add(entry.getName());
      }
    }
    return names;
  }
}
