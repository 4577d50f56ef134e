package io.chromabackup.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChromaHttpTest {
  private static final ChromaAddress SERVER = ChromaAddress.at(URI.create("http://localhost:1"));

  private static Duration timeout(ChromaAddress server, Duration patience) {
    return new ChromaHttp(server, new Patience(patience, Optional::empty)).timeout();
  }

  @Test
  void anAnswerMayTakeAsLongAsThereIsPatience() {
    assertThat(timeout(SERVER, Duration.ofHours(2)))
        .isBetween(Duration.ofHours(1), Duration.ofHours(2));
  }

  @Test
  void anAnswerMayTakeFiveMinutesThoughThereIsNoPatienceLeftToWaitForAServer() {
    assertThat(timeout(SERVER, Duration.ofSeconds(1))).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void anAnswerMayNotTakeLongerThanWasSaid() {
    assertThat(timeout(SERVER.withTimeout(Duration.ofSeconds(7)), Duration.ofHours(2)))
        .isEqualTo(Duration.ofSeconds(7));
  }
}
