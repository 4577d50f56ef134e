package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/etc/passwd",
        "..",
        "../up",
        "a/../b",
        "a/..",
        ".",
        "a/./b",
        "a//b",
        "a/",
        "C:\\windows",
        "a\\b",
        "a\0b",
        "a\nb",
        "a\u007fb"
      })
  void aPathThatCouldLeaveItsDirectoryIsRefused(String path) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Entry.file(path, 1, Instant.EPOCH))
        .withMessageContaining("path");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a\u001b[2Jb", "../a\u001b[2Jb", "a\u001b[2Jb"})
  void whatIsRefusedDrawsNothing(String path) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Entry.file(path, 1, Instant.EPOCH))
        .withMessageContaining("a?[2Jb");
  }

  @ParameterizedTest
  @ValueSource(strings = {"chroma.sqlite3", "a/b", "...", "a..b/..c", "ünïcode/文", "with space"})
  void anOrdinaryPathIsTaken(String path) {
    assertThat(Entry.file(path, 1, Instant.EPOCH).path()).isEqualTo(path);
  }

  @Test
  void aDirectoryHasNoSize() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Entry("d", Entry.Type.DIRECTORY, 1, Instant.EPOCH, 0700, null));
  }

  @Test
  void aNegativeSizeOrOwnerIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Entry.file("f", -1, Instant.EPOCH));
    assertThatIllegalArgumentException().isThrownBy(() -> new Entry.Owner(-1, 0));
  }

  @Test
  void onlyPermissionBitsAreKeptOfAMode() {
    Entry entry = new Entry("f", Entry.Type.FILE, 0, Instant.EPOCH, 0100644, null);

    assertThat(entry.mode()).isEqualTo(0644);
  }
}
