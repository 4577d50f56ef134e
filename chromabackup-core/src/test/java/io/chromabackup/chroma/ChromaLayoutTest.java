package io.chromabackup.chroma;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChromaLayoutTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "chroma.sqlite3",
        "chroma.sqlite3-journal",
        "chroma.sqlite3-wal",
        "chroma.sqlite3-shm",
        "ca1ea475-9d8d-4ba9-be8f-2089d80036d4",
        "CA1EA475-9D8D-4BA9-BE8F-2089D80036D4"
      })
  void whatChromaMadeBelongsToIt(String name) {
    assertThat(ChromaLayout.belongsToChroma(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "lost+found",
        ".snapshot",
        "chroma.sqlite3.bak",
        "chroma.sqlite3-journal2",
        "ca1ea475-9d8d-4ba9-be8f-2089d80036d",
        "ca1ea475-9d8d-4ba9-be8f-2089d80036d4.old",
        "ca1ea4759d8d4ba9be8f2089d80036d4",
        "ga1ea475-9d8d-4ba9-be8f-2089d80036d4",
        "ca1ea475-9d8d-4ba9-be8f-2089d80036d4\n"
      })
  void whatSomebodyElseMadeDoesNot(String name) {
    assertThat(ChromaLayout.belongsToChroma(name)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lost+found", ".chromabackup", "chroma.sqlite3-wal"})
  void whatIsToBeExpectedIsNotForeign(String name) {
    assertThat(ChromaLayout.isForeign(name)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "notes.txt",
        "chroma.sqlite3.bak",
        ".chromabackup-replaced-20260102_030405",
        "lib"
      })
  void whatSomebodyMayMissIsForeign(String name) {
    assertThat(ChromaLayout.isForeign(name)).isTrue();
  }

  @Test
  void databaseFilesAreNoSegments() {
    assertThat(ChromaLayout.isDatabaseFile("chroma.sqlite3-wal")).isTrue();
    assertThat(ChromaLayout.isSegmentDirectory("chroma.sqlite3")).isFalse();
    assertThat(ChromaLayout.isDatabaseFile("ca1ea475-9d8d-4ba9-be8f-2089d80036d4")).isFalse();
  }
}
