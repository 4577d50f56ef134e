package io.chromabackup.examples.rag;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.Phase;
import io.chromabackup.examples.rag.Operation.Result;
import io.chromabackup.examples.rag.Operation.State;
import io.chromabackup.examples.rag.Operation.Status;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class OperationTest {
  private final Operation operation = new Operation("backup", Instant.EPOCH);

  @Test
  void beginsWithoutAPhase() {
    Status status = operation.status();
    assertThat(status.state()).isEqualTo(State.RUNNING);
    assertThat(status.startedAt()).isEqualTo(Instant.EPOCH);
    assertThat(status.phase()).isNull();
    assertThat(status.result()).isNull();
    assertThat(status.error()).isNull();
  }

  @Test
  void tellsHowFarItIs() {
    operation.on(Phase.COPY, 1, 5);
    operation.on(Phase.ARCHIVE, 3, 4);

    Status status = operation.status();
    assertThat(status.state()).isEqualTo(State.RUNNING);
    assertThat(status.phase()).isEqualTo(Phase.ARCHIVE);
    assertThat(status.bytes()).isEqualTo(3);
    assertThat(status.totalBytes()).isEqualTo(4);
  }

  @Test
  void tellsWhereItEndedAndHow() {
    operation.on(Phase.READ_BACK, 2, 2);
    operation.done(new Result("archive", 7, List.of()));

    Status status = operation.status();
    assertThat(status.state()).isEqualTo(State.DONE);
    assertThat(status.phase()).isEqualTo(Phase.READ_BACK);
    assertThat(status.result()).isEqualTo(new Result("archive", 7, List.of()));
    assertThat(status.error()).isNull();
  }

  @Test
  void tellsWhereItFailedAndWhy() {
    operation.on(Phase.COPY, 1, 5);
    operation.failed("no space");

    Status status = operation.status();
    assertThat(status.state()).isEqualTo(State.FAILED);
    assertThat(status.phase()).isEqualTo(Phase.COPY);
    assertThat(status.result()).isNull();
    assertThat(status.error()).isEqualTo("no space");
  }

  @Test
  void keepsItsId() {
    String id = operation.status().id();
    operation.on(Phase.COPY, 0, 0);
    operation.failed("");

    assertThat(operation.status().id()).isEqualTo(id);
    assertThat(new Operation("backup", Instant.EPOCH).status().id()).isNotEqualTo(id);
  }
}
