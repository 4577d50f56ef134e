package io.chromabackup.chroma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CancellationTest {
  private static final String ENDLESS =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";

  @TempDir Path temporary;

  private Connection connection;

  @BeforeEach
  void open() throws Exception {
    connection = Sqlite.createScratch(temporary.resolve("scratch.db"));
  }

  @Test
  void anInterruptEndsAStatementThatWouldNotEnd() throws Exception {
    try (Connection open = connection;
        Cancellation cancellation = Cancellation.of(open)) {
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> Sqlite.number(open, ENDLESS)).isInstanceOf(SQLException.class);
      assertThat(cancellation).isNotNull();
    }
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void whatIsNotInterruptedIsLeftAlone() throws Exception {
    try (Connection open = connection;
        Cancellation cancellation = Cancellation.of(open)) {
      Thread.sleep(200);
      assertThat(Sqlite.number(open, "SELECT 7")).isEqualTo(7);
      assertThat(watchers()).isEqualTo(1);
      assertThat(cancellation).isNotNull();
    }
    assertThat(watchers()).isZero();
  }

  /** They would keep a program from its end if they were not daemons, and pile up if not ended. */
  private static long watchers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("chromabackup-cancellation"))
        .peek(thread -> assertThat(thread.isDaemon()).isTrue())
        .count();
  }

  @Test
  void whoWaitsForAThreadIsNotHurriedByAnInterruptAndStillHasIt() throws Exception {
    connection.close();
    CountDownLatch ended = new CountDownLatch(1);
    Thread slow =
        new Thread(
            () -> {
              try {
                Thread.sleep(200);
              } catch (InterruptedException e) {
                return;
              }
              ended.countDown();
            });
    slow.start();
    Thread.currentThread().interrupt();

    Cancellation.join(slow);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(slow.isAlive()).isFalse();
    assertThat(ended.getCount()).isZero();
    Cancellation.join(slow);
    assertThat(Thread.interrupted()).isFalse();
  }
}
