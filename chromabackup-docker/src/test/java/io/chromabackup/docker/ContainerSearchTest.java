package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ChromaBackupException.ContainerNotFound;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContainerSearchTest {
  private static final Container CHROMA =
      Sketch.of("ragbench_chromadb_1")
          .id("cafe11" + "0".repeat(58))
          .compose("ragbench", "chromadb", 1)
          .container();
  private static final Container WORKER_1 =
      Sketch.of("ragbench-worker-1").compose("ragbench", "worker", 1).container();
  private static final Container WORKER_2 =
      Sketch.of("ragbench-worker-2").compose("ragbench", "worker", 2).container();
  private static final Container ONE_OFF =
      Sketch.of("ragbench-worker-run-77")
          .compose("ragbench", "worker", 1)
          .label("com.docker.compose.oneoff", "True")
          .container();
  private static final Container OTHER_WEB =
      Sketch.of("shop-web-1").compose("shop", "web", 1).container();
  private static final Container PLAIN =
      Sketch.of("plain").id("cafe22" + "0".repeat(58)).container();

  private final ContainerSearch search =
      new ContainerSearch(List.of(CHROMA, WORKER_1, WORKER_2, ONE_OFF, OTHER_WEB, PLAIN));

  @Test
  void aNameAndAnIdAreExact() {
    assertThat(search.called("plain")).containsExactly(PLAIN);
    assertThat(search.called("/plain")).containsExactly(PLAIN);
    assertThat(search.called(PLAIN.id())).containsExactly(PLAIN);
  }

  @Test
  void theBeginningOfAnIdMustMeanOne() {
    assertThat(search.called("cafe2")).containsExactly(PLAIN);
    assertThat(search.called("cafe")).containsExactly(CHROMA, PLAIN);
    assertThat(search.called("caf")).isEmpty();
  }

  @Test
  void bothVersionsOfComposeNamesAreUnderstood() {
    assertThat(search.called("ragbench-chromadb-1")).containsExactly(CHROMA);
    assertThat(search.called("ragbench_worker_2")).containsExactly(WORKER_2);
    assertThat(search.called("ragbench-chromadb-2")).isEmpty();
  }

  @Test
  void aServiceIsFoundInTheWholeEngineWithoutWhatComposeRunStarted() {
    assertThat(search.called("chromadb")).containsExactly(CHROMA);
    assertThat(search.called("web")).containsExactly(OTHER_WEB);
    assertThat(search.called("worker")).containsExactly(WORKER_1, WORKER_2);
    assertThat(search.ofService("ragbench", "worker")).containsExactly(WORKER_1, WORKER_2);
    assertThat(search.ofService("shop", "worker")).isEmpty();
  }

  @Test
  void aServiceWhoseNameBeginsAnIdIsAmbiguousAndNotGuessed() {
    Container cafe = Sketch.of("shop-cafe-1").compose("shop", "cafe11", 1).container();

    assertThat(new ContainerSearch(List.of(CHROMA, cafe)).called("cafe11"))
        .containsExactly(CHROMA, cafe);
  }

  @Test
  void dependentsAreOfTheSameProjectOrNamed() throws Exception {
    assertThat(search.dependents(CHROMA, "worker")).containsExactly(WORKER_1, WORKER_2);
    assertThat(search.dependents(CHROMA, "plain")).containsExactly(PLAIN);
    assertThat(search.dependents(CHROMA, "ragbench_worker_1")).containsExactly(WORKER_1);
    assertThat(search.dependents(CHROMA, "web")).isEmpty();
    assertThat(search.dependents(PLAIN, "worker")).isEmpty();
    assertThat(search.dependents(CHROMA, "shop-web-1")).containsExactly(OTHER_WEB);
  }

  @Test
  void aDependentThatMayBeSeveralIsRefused() {
    assertThatThrownBy(() -> search.dependents(CHROMA, "cafe"))
        .isInstanceOf(ContainerNotFound.class)
        .hasMessageContaining("ragbench_chromadb_1 (cafe11000000")
        .hasMessageContaining("plain (cafe22000000")
        .hasMessageContaining("Give the name of one");
  }

  @Test
  void ourOwnContainersAreNeverFound() {
    Container own = Sketch.of("own").label("io.chromabackup.purpose", "lock").container();

    assertThat(ContainerSearch.among(List.of(own, PLAIN)).containers()).containsExactly(PLAIN);
  }

  @Test
  void aProjectIsDescribed() {
    assertThat(search.whatProjectHas("ragbench"))
        .isEqualTo("that project has no such service, but chromadb, worker");
    assertThat(search.whatProjectHas("ragbunch"))
        .isEqualTo("there is no such project, but ragbench, shop");
    assertThat(new ContainerSearch(List.of(PLAIN)).whatProjectHas("ragbench"))
        .isEqualTo("no container belongs to a compose project");
  }
}
