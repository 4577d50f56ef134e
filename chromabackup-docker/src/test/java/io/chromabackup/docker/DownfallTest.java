package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.docker.Container.State;
import io.chromabackup.docker.Container.Status;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DownfallTest {
  @ParameterizedTest
  @EnumSource(Status.class)
  void thereIsHopeOnlyForWhatRunsAsFarAsAnybodyCanTell(Status status) {
    Optional<String> why = Downfall.of(new State(status, 137, Optional.empty()));

    assertThat(why.isEmpty()).isEqualTo(status == Status.RUNNING || status == Status.UNKNOWN);
  }

  @Test
  void theExitCodeIsTold() {
    assertThat(Downfall.of(new State(Status.EXITED, 137, Optional.empty())))
        .hasValueSatisfying(why -> assertThat(why).contains("exit code 137"));
    assertThat(Downfall.of(new State(Status.RESTARTING, 3, Optional.empty())))
        .hasValueSatisfying(
            why -> assertThat(why).contains("exit code 3").contains("over and over"));
  }

  @Test
  void lastWordsAreShortAndPrintable() {
    assertThat(Downfall.lastWords("")).isEmpty();
    assertThat(Downfall.lastWords("\n \n")).isEmpty();
    assertThat(Downfall.lastWords("\u001b[31mred\u001b[0m\u0007\n\nlast"))
        .isEqualTo(". Its last lines: red  | last");
    assertThat(Downfall.lastWords("x".repeat(5000))).hasSizeLessThan(400).endsWith(" ...");
    assertThat(Downfall.lastWords("line\n".repeat(50)).split(" \\| ")).hasSize(10);
  }
}
