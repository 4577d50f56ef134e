package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackupException.SourceChanged;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is not begun while writers are held. */
class BarrierDeadlineTest {
  private final BarrierDeadline deadline =
      BarrierDeadline.in(Duration.ofDays(1), Path.of("chroma"));

  @Test
  void aStepThatIsLikelyToTakeTooLongIsNotBegun() {
    long dayAtFiftyMegabytes = Duration.ofDays(1).toSeconds() * 50_000_000;

    assertThatThrownBy(() -> deadline.requireTimeFor(dayAtFiftyMegabytes))
        .isInstanceOf(SourceChanged.class)
        .hasMessageContaining("longer than the 86400 s");
    assertThatCode(() -> deadline.requireTimeFor(dayAtFiftyMegabytes / 2))
        .doesNotThrowAnyException();
  }
}
