package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.testkit.Skip;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessesTest {
  private static final long SELF = ProcessHandle.current().pid();
  private static final long NOBODY = 999_999_999;

  /** As where a system hides processes of other users. */
  @TempDir Path nothing;

  @Test
  void thisProcessIsSeenAndNoOtherOfItsNumberIs() {
    assertThat(Processes.HERE.birth(SELF)).isPresent();
    assertThat(Processes.HERE.isNone(SELF)).isFalse();
    assertThat(Processes.HERE.birth(NOBODY)).isEmpty();
    assertThat(Processes.HERE.isNone(NOBODY)).isTrue();
  }

  @Test
  void aProcessThatIsNotShownMayRunWhereOthersAreHidden() {
    Skip.unless(System.getProperty("os.name").startsWith("Linux"), "others do not hide them");
    Processes hiding = new Processes(nothing);

    assertThat(hiding.mayBeHidden(SELF)).isTrue();
    assertThat(hiding.mayBeHidden(NOBODY)).as("the kernel knows of none").isFalse();
    assertThat(hiding.isNone(NOBODY)).isTrue();
  }
}
