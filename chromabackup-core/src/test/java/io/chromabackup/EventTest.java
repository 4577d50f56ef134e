package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTest {

  @ParameterizedTest
  @EnumSource(Event.class)
  void keysAreWordsWithDots(Event event) {
    assertThat(event.key()).matches("chromabackup\\.[a-z]+\\.[a-z]+");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"42", "/srv/chroma", "chromadb_backup_20260301_020000.tar.gz", "żółw", "{}"})
  void aPlainValueStaysAsItIs(String value) {
    assertThat(Event.quoted(value)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "'', '\"\"'",
        "'two words', '\"two words\"'",
        "'a=b', '\"a=b\"'",
        "'say \"no\"', '\"say \\\"no\\\"\"'",
        "'C:\\chroma', '\"C:\\\\chroma\"'"
      })
  void anyOtherIsInQuotes(String value, String quoted) {
    assertThat(Event.quoted(value)).isEqualTo(quoted);
  }

  /** A line that a message adds could pretend to be another event. */
  @Test
  void aValueNeverAddsALine() {
    assertThat(Event.quoted("no\nchromabackup.backup.done\r\n\u007f\u0000\u0085\u2028x"))
        .isEqualTo("\"no chromabackup.backup.done x\"");
  }
}
