package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.HostileArchives.Hostile;
import io.chromabackup.testkit.Figures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class HostileArchivesTest {
  private static final int NO_FEWER_THAN_BEFORE = 214;

  @TempDir Path temporary;

  private static final Map<String, Hostile> ALL = HostileArchives.all();

  static Collection<Hostile> archives() {
    return ALL.values();
  }

  @ParameterizedTest
  @MethodSource("archives")
  void isRefusedByNameBeforeAServiceIsStoppedOrHarmlessAndTouchesNothingAround(Hostile hostile)
      throws IOException {
    HostileRestore restore = new HostileRestore(temporary);
    Map<String, String> before = restore.around();

    if (hostile.refusal() == null) {
      assertThat(restore.run(hostile)).isEqualTo(HostileSample.INSTANCE.unpacked);
      assertThat(restore.touched())
          .containsExactly("stage", "stop", "swap", "start", "check", "commit");
    } else {
      assertThatThrownBy(() -> restore.run(hostile))
          .isInstanceOf(ChromaBackupException.class)
          .hasMessageContaining(hostile.refusal());
      assertThat(restore.touched()).isEmpty();
    }

    assertThat(restore.around()).isEqualTo(before);
  }

  @Test
  void thereAreNoFewerThanBefore() {
    int count = ALL.size();

    Figures.record("hostile-archives", count + " named archives: refused by name, or harmless");

    assertThat(count).isGreaterThanOrEqualTo(NO_FEWER_THAN_BEFORE);
  }
}
