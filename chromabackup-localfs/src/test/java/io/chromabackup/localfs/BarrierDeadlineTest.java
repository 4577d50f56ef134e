package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackupException.QuietUnavailable;
import io.chromabackup.Entry;
import io.chromabackup.files.Interruption;
import io.chromabackup.files.PortionedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What is not begun while writers are held. */
class BarrierDeadlineTest {
  private final BarrierDeadline deadline =
      BarrierDeadline.in(Duration.ofDays(1), Path.of("chroma"));

  @Test
  void aStepThatIsLikelyToTakeTooLongIsNotBegun() {
    long dayAtFiftyMegabytes = Duration.ofDays(1).toSeconds() * 50_000_000;

    assertThatThrownBy(() -> deadline.requireTimeFor(dayAtFiftyMegabytes))
        .isInstanceOf(QuietUnavailable.class)
        .hasMessageContaining("longer than the 86400 s");
    assertThatCode(() -> deadline.requireTimeFor(dayAtFiftyMegabytes / 2))
        .doesNotThrowAnyException();
  }

  @Test
  void aDiskThatTurnedOutToBeSlowIsTakenAtThat() throws Exception {
    long slowly = 16 << 20; // a second or more for so much
    InputStream content =
        new PortionedInputStream() {
          private long left = slowly;

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = (int) Math.min(length, left);
            left -= count;
            if (left == 0 && count > 0) {
              Interruption.sleep(1000);
            }
            return count == 0 ? -1 : count;
          }
        };
    long dayAtTwentyMegabytes = Duration.ofDays(1).toSeconds() * 20_000_000;
    deadline.requireTimeFor(dayAtTwentyMegabytes);

    deadline
        .guarding((entry, passing) -> passing.transferTo(OutputStream.nullOutputStream()))
        .accept(Entry.file("data_level0.bin", slowly, Instant.EPOCH), content);

    assertThatThrownBy(() -> deadline.requireTimeFor(dayAtTwentyMegabytes))
        .isInstanceOf(QuietUnavailable.class);
  }
}
