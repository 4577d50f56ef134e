package io.chromabackup.docker;

import static io.chromabackup.docker.DockerCli.docker;
import static io.chromabackup.docker.DockerCli.lines;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.BackupReport;
import io.chromabackup.BackupSource;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException;
import io.chromabackup.Entry;
import io.chromabackup.EntrySink;
import io.chromabackup.HeldCopy;
import io.chromabackup.Quiet;
import io.chromabackup.ServiceController;
import io.chromabackup.localfs.LocalArchiveStore;
import io.chromabackup.testkit.RealDocker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is copied out of a container before it is paused, and what has to be copied under it. */
class DockerCopyAheadIT {
  private static final String SEGMENT = "/data/5b2f3b0e-0000-4000-8000-000000000000";
  private static final String OTHER = "/data/5b2f3b0e-1111-4111-8111-111111111111";

  @TempDir Path directory;
  private DockerEngine docker;

  @BeforeAll
  static void requireDocker() {
    RealDocker.require();
  }

  @BeforeEach
  void connect() throws IOException {
    docker = DockerEngine.connect();
  }

  @AfterEach
  void disconnect() throws IOException {
    docker.close();
  }

  @Test
  void onlyWhatChangedSinceIsCopiedUnderThePause() throws Exception {
    try (Stack stack = Stack.with().withoutRag().start()) {
      stack.worker().stop();
      change(stack, "mkdir " + SEGMENT + "; cd " + SEGMENT + "; echo a > header.bin");

      Sink unchanged = copy(stack, ":");
      assertThat(unchanged.ahead).contains("chroma.sqlite3", path(SEGMENT, "header.bin"));
      assertThat(unchanged.held).isEmpty();
      assertThat(unchanged.kept).isEqualTo(unchanged.ahead);

      Sink rewritten = copy(stack, "echo b > " + SEGMENT + "/header.bin");
      assertThat(rewritten.held).containsExactly(path(SEGMENT, "header.bin"));
      assertThat(rewritten.content).containsEntry(path(SEGMENT, "header.bin"), "b\n");

      Sink putBack =
          copy(
              stack,
              "cd %s; touch -r header.bin x; echo c > header.bin; touch -r x header.bin; rm x"
                  .formatted(SEGMENT));
      assertThat(putBack.content).containsEntry(path(SEGMENT, "header.bin"), "c\n");

      Sink renamed =
          copy(stack, "cd /data; mkdir %s; mv %s/header.bin %s".formatted(OTHER, SEGMENT, OTHER));
      assertThat(renamed.held).containsExactly(path(OTHER, "header.bin"));
      assertThat(renamed.kept).doesNotContain(path(SEGMENT, "header.bin"));

      Sink gone = copy(stack, "rm -r " + OTHER);
      assertThat(gone.held).isEmpty();
      assertThat(gone.kept).contains("chroma.sqlite3").doesNotContain(path(OTHER, "header.bin"));
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void whatIsNotChromasIsNotLookedAt() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      change(stack, "cd /data; mkdir -p other/deep; : > \"other/$(printf 'a\\nb')\"; ln -s / link");

      Sink sink = copy(stack, ":");

      assertThat(sink.held).isEmpty();
      assertThat(sink.kept).contains("chroma.sqlite3").isEqualTo(sink.ahead);
    }
  }

  @Test
  void whatCannotBePutAsideIsStreamedUnderThePauseAndNothingElse() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      change(stack, "mkdir " + SEGMENT + "; cd " + SEGMENT + "; echo a > header.bin");
      String all = "label=io.chromabackup.chroma=" + stack.container(Stack.CHROMA);
      Sink sink = new Sink();
      var deployment = docker.chroma(stack.container(Stack.CHROMA)).deployment();
      try (HeldCopy copy = deployment.source().copyAhead(sink, directory)) {
        change(stack, "echo b > " + SEGMENT + "/header.bin");
        String companion = lines("ps", "--quiet", "--filter", all).get(0);
        docker("exec", companion, "sh", "-c", "rm -r /chromabackup; : > /chromabackup");
        sink.isHeld = true;
        try (ServiceController.Hold hold = deployment.service().pause()) {
          copy.whileHeld(Quiet.PAUSE);
        }
        assertThat(sink.held).containsExactly(path(SEGMENT, "header.bin"));
        copy.afterwards();
      }
      assertThat(sink.held).containsExactly(path(SEGMENT, "header.bin"));
      assertThat(sink.content).containsEntry(path(SEGMENT, "header.bin"), "b\n");
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void whatIsWrittenAllTheTimeWaitsForThePause() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      change(stack, "mkdir " + SEGMENT);
      String busy = SEGMENT + "/header.bin";
      docker(
          "exec",
          "--detach",
          stack.container(Stack.CHROMA),
          "sh",
          "-c",
          "n=0; while :; do n=$((n + 1)); echo $n > " + busy + "; done");
      stack.await("the writer", () -> !stack.exec(Stack.CHROMA, "cat", busy).isBlank());

      Sink sink = copy(stack, ":");

      assertThat(sink.ahead).contains("chroma.sqlite3").doesNotContain(path(busy, ""));
      assertThat(sink.held).containsExactly(path(busy, ""));
    }
  }

  /** The engine thaws what it is to stop, and the server works on until it has ended. */
  @Test
  void whoStopsThePausedContainerSpoilsTheCopy() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      ServiceController service = docker.service(stack.container(Stack.CHROMA));
      try (HeldCopy copy = source(stack).copyAhead(new Sink(), directory);
          ServiceController.Hold hold = service.pause()) {
        docker("stop", "--time", "1", stack.container(Stack.CHROMA));

        assertThatThrownBy(() -> copy.whileHeld(Quiet.PAUSE))
            .isInstanceOf(ChromaBackupException.SourceChanged.class);
      }
      assertThat(service.isRunning()).isTrue();
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void whoWritesToTheVolumeThoughTheContainerIsPausedSpoilsTheCopy() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      change(stack, "mkdir " + SEGMENT + "; echo a > " + SEGMENT + "/header.bin");
      String chroma = stack.container(Stack.CHROMA);
      String write = "n=0; while :; do n=$((n + 1)); echo $n > " + SEGMENT + "/header.bin; done";
      String writer =
          lines(
                  "run",
                  "--detach",
                  "--volumes-from",
                  chroma,
                  "--entrypoint",
                  "sh",
                  RealDocker.image(),
                  "-c",
                  write)
              .get(0);
      try (HeldCopy copy = source(stack).copyAhead(new Sink(), directory);
          ServiceController.Hold hold = docker.service(chroma).pause()) {
        assertThatThrownBy(() -> copy.whileHeld(Quiet.PAUSE))
            .isInstanceOf(ChromaBackupException.SourceChanged.class)
            .hasMessageContaining("header.bin");
      } finally {
        docker("rm", "--force", writer);
      }
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void aContainerThatWasMadeAnewIsNotMixedUpWithTheOneBefore() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      ServiceController service = docker.service(stack.container(Stack.CHROMA));
      String chroma = stack.container(Stack.CHROMA);
      try (HeldCopy copy = source(stack).copyAhead(new Sink(), directory)) {
        docker("rename", chroma, chroma + "-before");
        docker("create", "--name", chroma, RealDocker.image());
        try {
          assertThatThrownBy(() -> copy.whileHeld(Quiet.PAUSE))
              .isInstanceOf(ChromaBackupException.SourceChanged.class)
              .hasMessageContaining("anew");
        } finally {
          docker("rm", "--force", chroma);
          docker("rename", chroma + "-before", chroma);
        }
      }
      assertThat(service.isRunning()).isTrue();
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void withoutItsCompanionAllIsCopiedUnderThePause() throws Exception {
    try (Stack stack = Stack.with().withoutRag().withoutWorker().start()) {
      Sink sink = new Sink();
      ServiceController service = docker.service(stack.container(Stack.CHROMA));
      try (HeldCopy copy = source(stack).copyAhead(sink, directory)) {
        String chroma = "label=io.chromabackup.chroma=" + stack.container(Stack.CHROMA);
        String[] list = {"ps", "--quiet", "--filter", chroma};
        assertThat(lines(list)).hasSize(1);
        docker("rm", "--force", lines(list).get(0));
        sink.isHeld = true;
        try (ServiceController.Hold hold = service.pause()) {
          copy.whileHeld(Quiet.PAUSE);
        }
        copy.afterwards();
      }
      assertThat(sink.held).contains("chroma.sqlite3").containsAll(sink.ahead);
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void whatIsOnNoVolumeIsCopiedUnderThePause() throws Exception {
    try (Stack stack = Stack.with().noMount().withoutRag().withoutWorker().start()) {
      Sink sink = copy(stack, ":");

      assertThat(sink.ahead).isEmpty();
      assertThat(sink.held).contains("chroma.sqlite3");
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  @Test
  void aBackupOfAnIdleContainerCopiesNothingUnderThePause() throws Exception {
    try (Stack stack = Stack.with().withoutRag().start()) {
      stack.worker().stop();
      BackupReport report =
          ChromaBackup.using(LocalArchiveStore.in(directory.resolve("backups")))
              .backup(docker.chroma(stack.container(Stack.CHROMA)).deployment());

      assertThat(report.manifest().quiet()).isEqualTo(Quiet.PAUSE);
      assertThat(report.copiedHeld()).isZero();
      assertThat(report.copiedAhead()).isGreaterThanOrEqualTo(report.manifest().bytes());
      assertThat(report.switching()).isPositive().isLessThanOrEqualTo(report.held());
      assertThat(report.documents()).isEqualTo(stack.check().records()).isPositive();
      assertThat(stack.inspectOurs()).isEmpty();
    }
  }

  private static String path(String segment, String file) {
    return (segment + "/" + file).substring("/data/".length()).replaceAll("/$", "");
  }

  private static void change(Stack stack, String script) {
    stack.exec(Stack.CHROMA, "sh", "-c", script);
  }

  private BackupSource source(Stack stack) throws IOException {
    return docker.chroma(stack.container(Stack.CHROMA)).deployment().source();
  }

  /** Copies ahead, changes something, pauses, and copies the rest. */
  private Sink copy(Stack stack, String script) throws IOException {
    Sink sink = new Sink();
    var deployment = docker.chroma(stack.container(Stack.CHROMA)).deployment();
    try (HeldCopy copy = deployment.source().copyAhead(sink, directory)) {
      change(stack, script);
      sink.isHeld = true;
      try (ServiceController.Hold hold = deployment.service().pause()) {
        copy.whileHeld(Quiet.PAUSE);
      }
      copy.afterwards();
    }
    return sink;
  }

  /** Remembers which files it is given, and when. */
  private static final class Sink implements EntrySink {
    private final Set<String> ahead = new TreeSet<>();
    private final Set<String> held = new TreeSet<>();
    private final Set<String> kept = new TreeSet<>();
    private final Map<String, String> content = new HashMap<>();
    private boolean isHeld;

    @Override
    public void accept(Entry entry, InputStream in) throws IOException {
      if (entry.isFile()) {
        (isHeld ? held : ahead).add(entry.path());
        content.put(entry.path(), new String(in.readAllBytes(), ISO_8859_1));
      }
    }

    @Override
    public boolean keep(Entry entry) {
      return content.containsKey(entry.path()) && kept.add(entry.path());
    }
  }
}
