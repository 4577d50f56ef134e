package io.chromabackup;

import io.chromabackup.chroma.ChromaLayout;

/** What stands where in an archive. */
final class ArchiveLayout {
  /** The manifest, first: listing a store reads no further. */
  static final String MANIFEST = "chromabackup.json";

  /** The checksums, last: an archive without them is a truncated one. */
  static final String CHECKSUMS = "SHA256SUMS";

  /** The data directory, named as the shell scripts named it. */
  static final String DATA = "chroma/";

  /**
   * Enough for some thirty thousand collections; a bound for what a stranger's archive may claim.
   */
  static final long MAX_MANIFEST_BYTES = 64L << 20;

  private ArchiveLayout() {}

  /** The name in the archive of an entry of the data directory; directories end in a slash. */
  static String nameOf(Entry entry) {
    return DATA + entry.path() + (entry.isFile() ? "" : "/");
  }

  /**
   * The path in the data directory of a name in the archive.
   *
   * @throws IllegalArgumentException if it is not below the data directory
   */
  static String pathOf(String name) {
    if (!name.startsWith(DATA)) {
      throw new IllegalArgumentException("'" + name + "' is outside of " + DATA);
    }
    String path = name.substring(DATA.length());
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  /** Tells whether a path in the data directory is one of Chroma's own files. */
  static boolean isChromas(String path) {
    int slash = path.indexOf('/');
    return ChromaLayout.belongsToChroma(slash < 0 ? path : path.substring(0, slash));
  }
}
