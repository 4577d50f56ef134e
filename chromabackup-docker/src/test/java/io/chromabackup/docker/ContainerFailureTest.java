package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.docker.Container.State;
import io.chromabackup.docker.Container.Status;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ContainerFailureTest {
  @ParameterizedTest
  @EnumSource(Status.class)
  void thereIsHopeOnlyForWhatRunsAsFarAsAnybodyCanTell(Status status) {
    Optional<String> why = ContainerFailure.of(new State(status, 137, Optional.empty()));

    assertThat(why.isEmpty()).isEqualTo(status == Status.RUNNING || status == Status.UNKNOWN);
  }

  @Test
  void theExitCodeIsTold() {
    assertThat(ContainerFailure.of(new State(Status.EXITED, 137, Optional.empty())))
        .hasValueSatisfying(why -> assertThat(why).contains("exit code 137"));
    assertThat(ContainerFailure.of(new State(Status.RESTARTING, 3, Optional.empty())))
        .hasValueSatisfying(
            why -> assertThat(why).contains("exit code 3").contains("over and over"));
  }

  @Test
  void lastWordsAreShortAndPrintable() {
    assertThat(ContainerFailure.lastWords("")).isEmpty();
    assertThat(ContainerFailure.lastWords("\n \n")).isEmpty();
    assertThat(ContainerFailure.lastWords("\u001b[31mred\u001b[0m\u0007\n\nlast"))
        .isEqualTo(". Its last lines: red  | last");
    assertThat(ContainerFailure.lastWords("x".repeat(5000))).hasSizeLessThan(400).endsWith(" ...");
    assertThat(ContainerFailure.lastWords("line\n".repeat(50)).split(" \\| ")).hasSize(10);
  }
}
