package io.chromabackup.examples.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.BackupSource;
import io.chromabackup.RestorePlan;
import io.chromabackup.localfs.LocalChroma;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RestoreQuestionTest {
  private static final BackupSource SOURCE = LocalChroma.at(Path.of("/srv/chroma")).source();

  private static List<String> asked(Optional<String> archived) {
    RestorePlan plan =
        new RestorePlan(
            Samples.name(Instant.EPOCH),
            archived,
            "/srv/chroma",
            OptionalLong.of(7),
            List.of(),
            List.of(),
            List.of());
    return RestoreQuestion.lines(plan, SOURCE);
  }

  @Test
  void itSaysWhoseArchiveItIs() {
    assertThat(asked(Optional.of(SOURCE.describe()))).contains("of          " + SOURCE.describe());
    assertThat(asked(Optional.empty()))
        .contains("of          an old script, which noted no source");
  }

  @Test
  void anArchiveOfAnotherSourceIsMarked() {
    assertThat(asked(Optional.of("docker:other:/data\u001b[2J")))
        .contains("of          docker:other:/data?[2J, ANOTHER SOURCE than " + SOURCE.describe());
  }
}
