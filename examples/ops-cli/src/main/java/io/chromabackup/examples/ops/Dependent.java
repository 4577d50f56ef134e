package io.chromabackup.examples.ops;

import java.net.URI;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A container that uses Chroma.
 *
 * @param name a service of Chroma's compose project, or a container
 * @param health where it is asked whether it works again
 */
record Dependent(String name, Optional<URI> health) {

  /** Reads {@code NAME} or {@code NAME=URL}, and repeats neither: there may be a password in it. */
  static final class Converter implements ITypeConverter<Dependent> {
    @Override
    public Dependent convert(String text) {
      int equals = text.indexOf('=');
      String name = equals < 0 ? text : text.substring(0, equals);
      if (name.isBlank()) {
        throw new TypeConversionException("this names no container");
      }
      return new Dependent(
          name, equals < 0 ? Optional.empty() : Optional.of(url(text.substring(equals + 1))));
    }

    private static URI url(String text) {
      if (text.startsWith("http://") || text.startsWith("https://")) {
        try {
          return URI.create(text);
        } catch (IllegalArgumentException e) {
          // its message repeats the text
        }
      }
      throw new TypeConversionException(
          "after the = comes an http or https address, such as http://localhost:8001/health");
    }
  }
}
