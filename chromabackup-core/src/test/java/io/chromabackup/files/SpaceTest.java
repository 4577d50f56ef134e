package io.chromabackup.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.chromabackup.testkit.Skip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;

class SpaceTest {
  /** In whatever language this machine says it. */
  @Test
  void aFullDeviceIsToldFromWhatElseGoesWrong() {
    Path full = Path.of("/dev/full");
    Skip.unless(Files.exists(full), "there is no /dev/full");

    IOException exhausted =
        catchThrowableOfType(
            IOException.class, () -> Files.write(full, new byte[1], StandardOpenOption.WRITE));

    assertThat(Space.isExhausted(exhausted)).isTrue();
    assertThat(Space.isExhausted(new IOException("staging", exhausted))).isTrue();
    assertThat(Space.isExhausted(new IOException("Input/output error"))).isFalse();
    assertThat(Space.isExhausted(new IOException())).isFalse();
  }
}
