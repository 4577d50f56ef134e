package io.chromabackup;

import java.nio.charset.StandardCharsets;

/** The last file of an archive: what {@code sha256sum -c} checks after unpacking. */
final class Checksums {
  private Checksums() {}

  static byte[] of(Manifest manifest, byte[] manifestText) {
    StringBuilder lines = new StringBuilder();
    line(lines, Digests.of(manifestText), ArchiveLayout.MANIFEST);
    for (Manifest.File file : manifest.files()) {
      if (file.sha256() != null) {
        line(lines, file.sha256(), ArchiveLayout.nameOf(file.entry()));
      }
    }
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void line(StringBuilder lines, String sha256, String name) {
    lines.append(sha256).append("  ").append(name).append('\n');
  }
}
