package io.chromabackup.examples.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.Phase;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private final ByteArrayOutputStream drawn = new ByteArrayOutputStream();
  private final StatusLine stderr = new StatusLine(drawn);
  private long now = 1;

  private ProgressBar bar(int columns) {
    return new ProgressBar(new Terminal(true, true, columns, stderr), () -> now);
  }

  private String drawn() {
    return drawn.toString(StandardCharsets.UTF_8);
  }

  private void after(Duration time) {
    now += time.toNanos();
  }

  @Test
  void tellsPhaseShareAndPace() {
    ProgressBar bar = bar(120);
    bar.on(Phase.COPY, 0, 4_000_000);
    after(Duration.ofSeconds(2));
    bar.on(Phase.COPY, 1_000_000, 4_000_000);

    assertThat(drawn())
        .contains("copying")
        .contains("[######------------------]")
        .endsWith(" 25%, 1.0 MB of 4.0 MB, 500 kB/s");
  }

  @Test
  void drawsAtMostTenTimesASecond() {
    ProgressBar bar = bar(80);
    bar.on(Phase.COPY, 0, 1000);
    for (int i = 1; i <= 1000; i++) {
      after(Duration.ofMillis(1));
      bar.on(Phase.COPY, i, 1000);
    }

    assertThat(drawn().chars().filter(c -> c == '\r').count()).isBetween(9L, 11L);
  }

  @Test
  void isNeverWiderThanTheTerminal() {
    ProgressBar bar = bar(40);
    bar.on(Phase.READ_BACK, 0, 0);
    after(Duration.ofSeconds(1));
    bar.on(Phase.READ_BACK, 5_000_000, 9_000_000);

    assertThat(drawn().split("\r\u001b\\[K"))
        .allSatisfy(line -> assertThat(line).hasSizeLessThan(40));
  }

  @Test
  void moreThanAllIsAll() {
    ProgressBar bar = bar(120);
    bar.on(Phase.COPY, 0, 10);
    after(Duration.ofSeconds(1));
    bar.on(Phase.COPY, 25, 10);

    assertThat(drawn()).contains("[########################] 100%");
  }

  @Test
  void whateverElseIsWrittenTakesItsPlace() throws Exception {
    stderr.show("copying");
    stderr.write("a line\n".getBytes(StandardCharsets.UTF_8));
    stderr.write("another\n".getBytes(StandardCharsets.UTF_8));

    assertThat(drawn()).isEqualTo("\r\u001b[Kcopying\r\u001b[Ka line\nanother\n");
  }
}
