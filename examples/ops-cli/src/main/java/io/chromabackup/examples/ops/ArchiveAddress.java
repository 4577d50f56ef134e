package io.chromabackup.examples.ops;

import io.chromabackup.ArchiveName;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Which archive is meant, as an operator names it.
 *
 * @param text what was written
 * @param file where it is, if a file is meant
 */
record ArchiveAddress(String text, Path file) {
  private static final String NEWEST = "latest";

  /** The newest good one of a store. */
  static final ArchiveAddress LATEST = new ArchiveAddress(NEWEST, Path.of(NEWEST));

  boolean isLatest() {
    return text.equals(NEWEST);
  }

  /** The name in a store that this may be; empty if it can only be a file. */
  Optional<ArchiveName> name() {
    boolean slashed = text.contains("/") || text.contains("\\") || text.startsWith("file:");
    return slashed ? Optional.empty() : ArchiveName.parse(text);
  }

  /** Reads a name, a path, a {@code file:} URI, or {@code latest}. */
  static final class Converter implements ITypeConverter<ArchiveAddress> {
    @Override
    public ArchiveAddress convert(String text) {
      if (text.isBlank()) {
        throw new TypeConversionException(
            "it is empty; give an archive's name, a file, or " + NEWEST);
      }
      return new ArchiveAddress(text, new PathConverter().convert(text));
    }
  }
}
