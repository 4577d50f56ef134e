package io.chromabackup.examples.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void whatIsNoAsciiIsEscapedSoThatNoLocaleLosesIt() throws IOException {
    Map<String, Object> document = Map.of("b\u00fccher", "\u672c \ud83d\udcda \"x\"");

    String text = Json.text(document);

    assertThat(text).isASCII();
    assertThat(JSON.std.mapFrom(text)).isEqualTo(document);
  }
}
