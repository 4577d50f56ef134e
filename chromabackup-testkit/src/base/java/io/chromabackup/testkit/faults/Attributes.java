package io.chromabackup.testkit.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is kept of a file beside its content. */
record Attributes(@Nullable FileTime modified, @Nullable Set<PosixFilePermission> permissions) {
  static final Attributes NONE = new Attributes(null, null);

  static Attributes of(Path path) throws IOException {
    PosixFileAttributeView posix =
        Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (posix == null) {
      return new Attributes(Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS), null);
    }
    PosixFileAttributes attributes = posix.readAttributes();
    return new Attributes(attributes.lastModifiedTime(), attributes.permissions());
  }

  void writeTo(Path path) throws IOException {
    if (permissions != null) {
      Files.setPosixFilePermissions(path, permissions);
    }
    if (modified != null) {
      Files.getFileAttributeView(path, BasicFileAttributeView.class).setTimes(modified, null, null);
    }
  }
}
