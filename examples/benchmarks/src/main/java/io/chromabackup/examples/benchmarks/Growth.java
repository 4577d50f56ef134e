package io.chromabackup.examples.benchmarks;

import io.chromabackup.ArchiveFormat;
import io.chromabackup.ArchiveStore;
import io.chromabackup.BackupOptions;
import io.chromabackup.BackupReport;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.Quiet;
import io.chromabackup.docker.DockerEngine;
import io.chromabackup.localfs.LocalArchiveStore;
import io.chromabackup.localfs.LocalChroma;
import io.chromabackup.localfs.LocalService;
import io.chromabackup.testkit.ChromaClient;
import io.chromabackup.testkit.ChromaClient.Collection;
import io.chromabackup.testkit.RealChroma;
import io.chromabackup.testkit.RealChroma.Generation;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * How long a server is paused for a backup, by the size of its data and by how much of it changes
 * between the copy ahead of the pause and the pause.
 */
final class Growth implements AutoCloseable {
  private static final double[] PERCENT = {0.1, 1, 10};

  private final Settings settings;
  private final Path scratch;
  private int version = 1;

  private Growth(Settings settings) throws IOException {
    this.settings = settings;
    Files.createDirectories(settings.work());
    this.scratch = Files.createTempDirectory(settings.work(), "growth");
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    Settings settings = Settings.parse(args);
    try (Growth growth = new Growth(settings)) {
      for (DataSize size : settings.sizes()) {
        try (PrintStream csv = settings.csv(Freeze.file(size))) {
          csv.println(Freeze.HEADER);
          growth.measure(size, csv);
        }
      }
    }
  }

  private void measure(DataSize size, PrintStream csv) throws IOException, InterruptedException {
    measureDirectory(size, csv);
    if (Container.isPossible()) {
      measureContainer(size, csv);
    } else {
      System.err.println("CONTAINERS ARE LEFT OUT: run dev/real-docker/install.sh");
    }
  }

  private void measureDirectory(DataSize size, PrintStream csv)
      throws IOException, InterruptedException {
    Path data = scratch.resolve("data");
    Shell.run(
        "cp -r $FROM $TO",
        Map.of("FROM", DataSet.directory(size).toString(), "TO", data.toString()));
    try (RealChroma chroma = RealChroma.start(Generation.NEW, data)) {
      ChromaDeployment deployment = LocalChroma.at(data).heldBy(LocalService.process(chroma.pid()));
      measure(size, "directory", deployment, chroma.url(), data, csv);
    } finally {
      Trees.delete(data);
    }
  }

  private void measureContainer(DataSize size, PrintStream csv)
      throws IOException, InterruptedException {
    try (Container container = Container.serving(DataSet.directory(size));
        DockerEngine docker = DockerEngine.connect()) {
      ChromaDeployment deployment = docker.chroma(container.name()).deployment();
      measure(size, "container", deployment, container.url(), container.volume(), csv);
    }
  }

  private void measure(
      DataSize size, String place, ChromaDeployment deployment, URI url, Path data, PrintStream csv)
      throws IOException {
    ChromaClient client = new ChromaClient(url);
    List<Collection> collections =
        client.collections(ChromaClient.DEFAULT_TENANT, ChromaClient.DEFAULT_DATABASE).stream()
            .sorted(Comparator.comparing(Collection::name))
            .toList();
    Writer writer = new Writer(url);
    for (int run = 1; run <= settings.runs(); run++) {
      for (double percent : PERCENT) {
        Churn.Change change = () -> change(writer, collections, size.recordsEach(), percent);
        Freeze freeze = measure(size, place, run, percent, deployment, change, data);
        csv.println(freeze.line());
        System.err.println(freeze.line());
      }
    }
  }

  /** Whole collections first, as an application that takes in documents anew would. */
  private void change(Writer writer, List<Collection> collections, int recordsEach, double percent)
      throws IOException {
    version++;
    int left = (int) Math.ceil(percent / 100 * recordsEach * collections.size());
    for (int number = 0; left > 0; number++) {
      int count = Math.min(left, recordsEach);
      writer.change(collections.get(number), number, count, version);
      left -= count;
    }
  }

  private Freeze measure(
      DataSize size,
      String place,
      int run,
      double percent,
      ChromaDeployment deployment,
      Churn.Change change,
      Path data)
      throws IOException {
    double load = Machine.load();
    Path directory = scratch.resolve("store");
    Churn churn = new Churn(deployment.service(), change, data);
    try (ArchiveStore store = LocalArchiveStore.in(directory)) {
      BackupReport report =
          ChromaBackup.using(store)
              .backup(
                  deployment.heldBy(churn),
                  BackupOptions.defaults().quiet(Quiet.PAUSE).format(ArchiveFormat.TAR_ZST));
      long bytes = 0;
      for (Path file : churn.changed()) {
        bytes += Files.size(data.resolve(file));
      }
      return new Freeze(
          size.label(),
          Trees.bytes(data),
          place,
          percent,
          run,
          bytes,
          report.held().toNanos() / 1e6,
          churn.copying().toNanos() / 1e6,
          plainCopy(data, churn.changed()),
          report.attempts(),
          load);
    } finally {
      Trees.delete(directory);
    }
  }

  /** What {@code cp -r} of the files takes, in milliseconds. */
  private double plainCopy(Path data, List<Path> files) throws IOException {
    Path target = Files.createDirectory(scratch.resolve("copy"));
    try {
      List<String> command = new ArrayList<>(List.of("cp", "-r", "--parents"));
      files.forEach(file -> command.add(file.toString()));
      command.add(target.toString());
      long begin = System.nanoTime();
      int code =
          Shell.exitCode(new ProcessBuilder(command).directory(data.toFile()).inheritIO().start());
      double millis = (System.nanoTime() - begin) / 1e6;
      if (code != 0) {
        throw new IOException(command + ": exit code " + code);
      }
      return millis;
    } finally {
      Trees.delete(target);
    }
  }

  @Override
  public void close() throws IOException {
    Trees.delete(scratch);
  }
}
