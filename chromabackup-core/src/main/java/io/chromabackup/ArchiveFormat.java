package io.chromabackup;

import java.util.Arrays;
import java.util.Optional;

/** How an archive is packed. */
public enum ArchiveFormat {
  /** Tar in gzip, which every stock tool reads. */
  TAR_GZ(".tar.gz"),
  /** Tar in Zstandard: faster, where it is available. */
  TAR_ZST(".tar.zst");

  private final String suffix;

  ArchiveFormat(String suffix) {
    this.suffix = suffix;
  }

  /**
   * What the names of such archives end in.
   *
   * @return the suffix, with its leading dot
   */
  public String suffix() {
    return suffix;
  }

  static Optional<ArchiveFormat> withSuffix(String suffix) {
    return Arrays.stream(values()).filter(format -> format.suffix.equals(suffix)).findAny();
  }
}
