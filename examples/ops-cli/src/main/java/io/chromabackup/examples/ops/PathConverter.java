package io.chromabackup.examples.ops;

import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a directory: a path, or a {@code file:} URI. */
final class PathConverter implements ITypeConverter<Path> {
  @Override
  public Path convert(String text) {
    try {
      return of(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  static Path of(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("the path is empty");
    }
    if (!text.startsWith("file:")) {
      return Path.of(text);
    }
    try {
      return Path.of(URI.create(text));
    } catch (IllegalArgumentException | FileSystemNotFoundException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no file: URI of this machine, such as file:///srv/chroma");
    }
  }
}
