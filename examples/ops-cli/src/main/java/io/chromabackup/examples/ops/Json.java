package io.chromabackup.examples.ops;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** Documents for programs, in ASCII. */
final class Json {
  /* escaped, as stdout has what letters its locale has, and under cron hardly any */
  private static final JSON PRETTY =
      JSON.builder(new JsonFactoryBuilder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build())
          .enable(JSON.Feature.PRETTY_PRINT_OUTPUT)
          .build();

  private Json() {}

  static String text(Map<String, Object> document) {
    try {
      return PRETTY.asString(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
