package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.localfs.SwapJournal.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SwapJournalTest {
  private static final SwapJournal JOURNAL =
      new SwapJournal(
          State.SWAPPING,
          List.of("chroma.sqlite3", "chroma.sqlite3-journal", Trees.A),
          List.of("chroma.sqlite3", Trees.B));

  @Test
  void itIsReadAsItWasWritten() throws IOException {
    Path work = Files.createDirectory(Trees.inMemory().getPath("/here"));
    assertThat(SwapJournal.read(work)).isEmpty();
    for (State state : State.values()) {
      JOURNAL.in(state).write(work);
      assertThat(SwapJournal.read(work)).contains(JOURNAL.in(state));
    }
    SwapJournal.remove(work);
    assertThat(SwapJournal.read(work)).isEmpty();
    assertThat(work).isEmptyDirectory();
  }

  @Test
  void onePartOfItIsNotTakenForTheWhole() {
    String text = JOURNAL.text();
    assertThat(SwapJournal.parse(text)).isEqualTo(JOURNAL);
    for (int length = 0; length < text.length() - 1; length++) {
      String part = text.substring(0, length);
      assertThatThrownBy(() -> SwapJournal.parse(part))
          .as(part)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void oneOfNothingIsReadToo() {
    SwapJournal nothing = new SwapJournal(State.SWAPPED, List.of(), List.of());
    assertThat(SwapJournal.parse(nothing.text())).isEqualTo(nothing);
  }

  @Test
  void namesThatAreNotChromasAreRefused() {
    for (String name : new String[] {"notes.txt", "..", "../chroma.sqlite3", "", "/etc"}) {
      String text = JOURNAL.text().replace("old " + Trees.A, "old " + name);
      assertThatThrownBy(() -> SwapJournal.parse(text))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void whatItDoesNotKnowIsRefused() {
    for (String[] change :
        new String[][] {
          {"journal 1", "journal 2"},
          {"state ", "stats "},
          {"SWAPPING", "SOMETHING"},
          {"new ", "also "}
        }) {
      String text = JOURNAL.text().replace(change[0], change[1]);
      assertThatThrownBy(() -> SwapJournal.parse(text))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
