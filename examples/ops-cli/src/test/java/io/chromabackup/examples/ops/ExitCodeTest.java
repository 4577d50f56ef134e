package io.chromabackup.examples.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ChromaBackupException;
import io.chromabackup.ChromaBackupException.RestoreFailed;
import io.chromabackup.ChromaBackupException.ServiceNotResumed;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExitCodeTest {
  static Stream<ChromaBackupException> everything() {
    return Arrays.stream(ChromaBackupException.class.getPermittedSubclasses())
        .map(Samples::exception);
  }

  @ParameterizedTest
  @MethodSource("everything")
  void eachExceptionOfTheLibraryHasACodeOfItsOwnChoice(ChromaBackupException exception) {
    assertThat(ExitCode.of(exception)).isNotEqualTo(ExitCode.FAILED).isNotEqualTo(ExitCode.USAGE);
  }

  @ParameterizedTest
  @MethodSource("everything")
  void noMessageSpeaksOfJava(ChromaBackupException exception) {
    assertThat(Wording.of(exception))
        .doesNotContain("Options.", "ServiceController", "ChromaBackup.", "controller");
  }

  @Test
  void theNumbersAreThoseThatScriptsKnow() {
    assertThat(ExitCode.meanings().keySet())
        .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "129", "130", "143");
  }

  @Test
  void whatIsNotOfTheLibraryIsUnexpected() {
    assertThat(ExitCode.of(new IOException("broken pipe"))).isEqualTo(ExitCode.FAILED);
    assertThat(ExitCode.of(new IllegalStateException())).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void aRestoreThatFailedIsEightOnlyIfAllIsBack() {
    IOException cause = new IOException("no");
    cause.addSuppressed(new IOException("nor could this be tidied up"));
    assertThat(ExitCode.of(new RestoreFailed("t", true, true, "", cause)))
        .isEqualTo(ExitCode.ROLLED_BACK);
    assertThat(ExitCode.of(new RestoreFailed("t", false, true, "", cause)))
        .isEqualTo(ExitCode.ATTENTION);
    assertThat(ExitCode.of(new RestoreFailed("t", true, false, "", cause)))
        .isEqualTo(ExitCode.ATTENTION);
  }

  @Test
  void thatAServiceMayBeDownOutweighsAllElse() {
    IOException interrupted = new InterruptedIOException("interrupted");
    interrupted.addSuppressed(new ServiceNotResumed("chroma", "it does not start", null));

    assertThat(ExitCode.of(interrupted)).isEqualTo(ExitCode.ATTENTION);
    Failure failure = Failure.of(interrupted, Optional.of(ExitCode.TERMINATED));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.ATTENTION);
    assertThat(failure.more()).singleElement().asString().contains("chroma", "MAY BE DOWN");
  }

  @Test
  void aSignalExplainsWhatItInterrupted() {
    Failure failure =
        Failure.of(
            new InterruptedIOException("interrupted"), Optional.of(ExitCode.ofSignal("INT")));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INTERRUPTED);
    assertThat(failure.document()).containsEntry("exitCode", 130);
  }
}
