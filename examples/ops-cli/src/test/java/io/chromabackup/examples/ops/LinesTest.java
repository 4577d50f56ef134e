package io.chromabackup.examples.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class LinesTest {
  private static final String EVIL = "x\u001b[2J\u009b1m\u202ey\nverified";

  @Test
  void aNameDrawsNothingAndBeginsNoLine() {
    assertThat(new Lines().add("to", EVIL).toList())
        .containsExactly("to          x?[2J?1m?y?verified");
  }

  @Test
  void neitherDoesAnError() {
    assertThat(Failure.of(new IOException(EVIL), java.util.Optional.empty()).message())
        .isEqualTo("IOException: x?[2J?1m?y?verified");
  }
}
