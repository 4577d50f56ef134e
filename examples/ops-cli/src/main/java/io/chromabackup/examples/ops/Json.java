package io.chromabackup.examples.ops;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** Documents for programs. */
final class Json {
  private static final JSON PRETTY = JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT);

  private Json() {}

  static String text(Map<String, Object> document) {
    try {
      return PRETTY.asString(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
