package io.chromabackup.examples.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class FiguresTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 bytes",
    "999, 999 bytes",
    "1000, 1.0 kB",
    "99949, 99.9 kB",
    "175280, 175 kB",
    "999499, 999 kB",
    "999500, 1.0 MB",
    "83723964416, 83.7 GB",
    "9223372036854775807, 9223 PB"
  })
  void sizes(long bytes, String text) {
    assertThat(Figures.bytes(bytes)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"PT0.34S, 340 ms", "PT12.54S, 12.5 s", "PT3M20S, 3 min 20 s", "PT26H5M, 26 h 5 min"})
  void durations(Duration duration, String text) {
    assertThat(Figures.duration(duration)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "PT30S, now",
    "PT59M, 59 min",
    "PT47H, 47 h",
    "PT48H, 2 days",
    "P400D, 400 days",
    "-PT1S, in the future"
  })
  void ages(Duration age, String text) {
    assertThat(Figures.age(age)).isEqualTo(text);
  }

  @Test
  void spans() {
    SpanConverter converter = new SpanConverter();
    assertThat(converter.convert("30s")).isEqualTo(Duration.ofSeconds(30));
    assertThat(converter.convert("5m")).isEqualTo(Duration.ofMinutes(5));
    assertThat(converter.convert("1h30m")).isEqualTo(Duration.ofMinutes(90));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "0s", "5 m", "-5m", "m", "PT5M", "99999999h"})
  void noSpans(String text) {
    assertThatThrownBy(() -> new SpanConverter().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("5m");
  }
}
