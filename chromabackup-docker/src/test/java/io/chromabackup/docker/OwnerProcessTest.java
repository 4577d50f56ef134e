package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnerProcessTest {
  private final OwnerProcess self = OwnerProcess.self();

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
    OwnerProcess former =
        new OwnerProcess(self.machine(), "another", "another", self.pid(), self.born());

    assertThat(former.isElsewhere()).isFalse();
    assertThat(former.isDead()).isTrue();
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
