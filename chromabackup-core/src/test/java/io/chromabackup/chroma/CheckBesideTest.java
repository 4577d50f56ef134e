package io.chromabackup.chroma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQLite's check, in a thread of its own. */
class CheckBesideTest {
  private static final String NAME = "chromabackup-checking";

  @TempDir Path temporary;
  private Sample sample;

  @BeforeEach
  void copyRealDirectory() throws Exception {
    sample = Sample.real(temporary);
  }

  /** A new one for each check. */
  private Path scratch() throws IOException {
    return Files.createTempDirectory(temporary, "check");
  }

  private static boolean isAtWork() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals(NAME));
  }

  @Test
  void aSoundDatabaseHasNoProblemsHoweverThoroughTheCheck() throws Exception {
    for (boolean thorough : new boolean[] {false, true}) {
      try (CheckBeside check = new CheckBeside(sample.database(), scratch(), thorough)) {
        assertThat(check.problems()).isEmpty();
      }
    }
  }

  @Test
  void whatIsNoDatabaseFailsAsSQLiteSays() throws Exception {
    Files.write(sample.database(), new byte[100_000]);
    try (CheckBeside check = new CheckBeside(sample.database(), scratch(), false)) {
      assertThatThrownBy(check::problems)
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("not a database");
    }
  }

  @Test
  void whoWaitsForItCanBeInterruptedAndLeavesNobodyAtWork() throws Exception {
    Thread.currentThread().interrupt();
    try (CheckBeside check = new CheckBeside(sample.database(), scratch(), true)) {
      assertThatThrownBy(check::problems).isInstanceOf(InterruptedIOException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(isAtWork()).isFalse();
  }

  @Test
  void closedBeforeItsEndItIsAtWorkNoMore() throws IOException {
    for (int attempt = 0; attempt < 20; attempt++) {
      new CheckBeside(sample.database(), scratch(), true).close();
      assertThat(isAtWork()).isFalse();
    }
  }
}
