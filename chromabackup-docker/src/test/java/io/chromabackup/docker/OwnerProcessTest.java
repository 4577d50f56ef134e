package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnerProcessTest {
  private final OwnerProcess self = OwnerProcess.self();

  /** One of which it is certain here that it is no more. */
  static OwnerProcess dead() {
    OwnerProcess here = OwnerProcess.self();
    return new OwnerProcess(here.machine(), here.boot(), here.space(), 999_999_999, "1");
  }

  @Test
  void thisProcessLives() {
    assertThat(self.isElsewhere()).isFalse();
    assertThat(self.isDead()).isFalse();
    assertThat(OwnerProcess.in(self.labels())).contains(self);
  }

  @Test
  void aMachineThatWasRenamedIsStillTheSame() {
    OwnerProcess before =
        new OwnerProcess("its-former-name", self.boot(), self.space(), 999_999_999, "1");

    assertThat(before.isElsewhere()).isEqualTo(self.boot().isEmpty());
    assertThat(before.isDead()).isEqualTo(!self.boot().isEmpty());
  }

  @Test
  void anotherProcessOfItsNumberIsNotIt() {
    OwnerProcess former =
        new OwnerProcess(self.machine(), self.boot(), self.space(), self.pid(), "1");

    assertThat(former.isDead()).isTrue();
  }

  @Test
  void whatRanBeforeThisMachineWasStartedIsDead() {
    OwnerProcess here = startedAs("a-host/its-id", "now");

    assertThat(startedAs("a-host/its-id", "before").isDead(here)).isTrue();
  }

  /** As containers are on several machines, that are all given one name. */
  @Test
  void whatRunsWhereTheMachineHasTheSameNameAndNoIdIsNotDead() {
    OwnerProcess here = startedAs("backup", "now");

    assertThat(startedAs("backup", "another").isDead(here)).isFalse();
  }

  private OwnerProcess startedAs(String machine, String boot) {
    return new OwnerProcess(machine, boot, self.space(), 999_999_999, "1");
  }

  @Test
  void ofOtherMachinesAndOtherContainersNothingIsCertain() {
    OwnerProcess remote = new OwnerProcess("remote", "another", self.space(), 999_999_999, "1");
    OwnerProcess contained =
        new OwnerProcess(self.machine(), self.boot(), "pid:[1]", 999_999_999, "1");

    assertThat(remote.isElsewhere()).isTrue();
    assertThat(remote.isDead()).isFalse();
    assertThat(contained.isElsewhere()).isTrue();
    assertThat(contained.isDead()).isFalse();
  }
}
