package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ServiceController;
import io.chromabackup.files.Interruption;
import io.chromabackup.testkit.contract.ServiceControllerContract;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that is paused by its process and stopped by its script. */
@Timeout(120)
class LocalServiceContractTest implements ServiceControllerContract {
  private final Deadline soon = Deadline.after(Duration.ofSeconds(100));

  @TempDir private Path directory;

  private ScriptedService daemon;

  @BeforeEach
  void aServiceThatIsDown() throws IOException {
    daemon = new ScriptedService(directory.resolve("service"));
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    daemon.close();
  }

  @Override
  public ServiceController open() {
    return daemon
        .builder()
        .pidFile(daemon.pidFile())
        .statusCommand(daemon.words("status"))
        .healthCommand(daemon.words("status"))
        .build();
  }

  @Override
  public void bring(State state) throws IOException {
    switch (state) {
      case DOWN -> daemon.kill();
      case FROZEN -> signal("STOP");
      case RUNNING -> {
        if (daemon.runs()) {
          signal("CONT");
        } else {
          daemon.start();
        }
      }
    }
  }

  /** Returns when it has taken effect. */
  private void signal(String name) throws IOException {
    if (!daemon.runs()) {
      daemon.start();
    }
    Command.Outcome outcome =
        Command.of("/bin/sh", "-c", "kill -" + name + " " + daemon.pid()).run(soon);
    assertThat(outcome.succeeded()).as(outcome.inWords()).isTrue();
    State expected = name.equals("STOP") ? State.FROZEN : State.RUNNING;
    while (state() != expected && !soon.passed()) {
      Interruption.sleep(5);
    }
  }

  @Override
  public State state() throws IOException {
    if (!daemon.runs()) {
      return State.DOWN;
    }
    String threads = ProcessTable.ofThisSystem().threadStates(daemon.pid());
    return threads.matches("T+") ? State.FROZEN : State.RUNNING;
  }

  @Override
  public String run() throws IOException {
    return "process " + daemon.pid();
  }
}
