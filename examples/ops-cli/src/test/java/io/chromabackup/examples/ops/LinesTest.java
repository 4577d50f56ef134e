package io.chromabackup.examples.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import org.junit.jupiter.api.Test;

class LinesTest {
  private static final String EVIL = "x\u001b[2J\u009b1m\u202ey\nverified";

  @Test
  void aNameDrawsNothingAndBeginsNoLine() {
    assertThat(new Lines().add("to", EVIL).toList())
        .containsExactly("to          x?[2J?1m?y?verified");
  }

  @Test
  void neitherDoesAnythingThatIsLoggedNorItsCause() {
    ByteArrayOutputStream logged = new ByteArrayOutputStream();
    PrintedLines lines = new PrintedLines(logged);
    lines.println(EVIL);
    new IOException(EVIL, new IOException(EVIL)).printStackTrace(lines);

    assertThat(logged.toString(Charset.defaultCharset()).lines())
        .startsWith("x?[2J?1m?y?verified", "java.io.IOException: x?[2J?1m?y?verified")
        .contains("Caused by: java.io.IOException: x?[2J?1m?y?verified")
        .anyMatch(line -> line.startsWith("\tat io.chromabackup"))
        .allMatch(line -> line.matches("x.*|java\\.io.*|\tat .*|Caused by: .*|\t\\.\\.\\. .*"));
  }

  @Test
  void neitherDoesAnError() {
    assertThat(Failure.of(new IOException(EVIL), java.util.Optional.empty()).message())
        .isEqualTo("IOException: x?[2J?1m?y?verified");
  }
}
