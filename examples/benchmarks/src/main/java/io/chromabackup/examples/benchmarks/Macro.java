package io.chromabackup.examples.benchmarks;

import io.chromabackup.examples.benchmarks.Measurement.Operation;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whole operations of all competitors, one after the other, run after run. */
final class Macro implements AutoCloseable {
  /** All is equal but the head of the database, in which SQLite counts who writes to it. */
  private static final String SAME =
      "diff -r -x chroma.sqlite3 $DATA $TARGET;"
          + " cmp -i 100 $DATA/chroma.sqlite3 $TARGET/chroma.sqlite3";

  private final Settings settings;
  private final Path scratch;

  private Macro(Settings settings) throws IOException {
    this.settings = settings;
    Files.createDirectories(settings.work());
    this.scratch = Files.createTempDirectory(settings.work(), "macro");
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    Settings settings = Settings.parse(args);
    try (Macro macro = new Macro(settings)) {
      for (DataSize size : settings.sizes()) {
        macro.measure(size);
      }
    }
  }

  private void measure(DataSize size) throws IOException, InterruptedException {
    Path data = DataSet.directory(size);
    List<Competitor> competitors = new ArrayList<>();
    for (Competitor competitor : settings.competitors()) {
      Optional<String> missing = competitor.missing();
      missing.ifPresent(why -> say("%s IS LEFT OUT: %s", competitor.name(), why));
      if (missing.isEmpty()) {
        competitors.add(competitor);
      }
    }
    try (Container container = container(data, competitors);
        PrintStream csv = settings.csv(Measurement.file(size))) {
      csv.println(Measurement.HEADER);
      if (container == null) {
        competitors.removeIf(Competitor::inDocker);
      }
      for (int run = 1; run <= settings.runs(); run++) {
        for (Competitor competitor : competitors) {
          measure(size, data, run, competitor, container, csv);
        }
      }
    }
  }

  private static @Nullable Container container(Path data, List<Competitor> competitors)
      throws IOException {
    if (competitors.stream().noneMatch(Competitor::inDocker)) {
      return null;
    }
    if (!Container.isPossible()) {
      say("WHAT NEEDS DOCKER IS LEFT OUT: run dev/real-docker/install.sh");
      return null;
    }
    return Container.serving(data);
  }

  /** A competitor that fails is left out of this run, and the others go on. */
  private void measure(
      DataSize size,
      Path data,
      int run,
      Competitor competitor,
      @Nullable Container container,
      PrintStream csv)
      throws IOException {
    Map<String, String> environment = environment(data, container);
    try {
      Shell.run("mkdir $STORE $STATE; cat $(find $DATA -type f) > /dev/null; sync", environment);
      Shell.run(competitor.prepare(), environment);
      long bytes = Trees.bytes(data);
      long stored = 0;
      for (Operation operation : Operation.values()) {
        double load = Machine.load();
        Timed timed =
            Timed.run(command(competitor, operation), written(operation), environment, output());
        stored = operation == Operation.BACKUP ? Trees.bytes(store()) : stored;
        Measurement measurement =
            new Measurement(
                size.label(),
                bytes,
                run,
                competitor.name(),
                operation,
                timed.wall(),
                timed.cpu(),
                timed.peak(),
                stored,
                timed.held(),
                load);
        csv.println(measurement.line());
        say("%s", measurement.line());
      }
      if (run == 1 && !competitor.inDocker()) {
        Shell.run(SAME, environment);
      }
    } catch (IOException e) {
      say("%s FAILED in run %d: %s", competitor.name(), run, e);
    } finally {
      Trees.delete(scratch);
      Files.createDirectories(scratch);
    }
  }

  private static String command(Competitor competitor, Operation operation) {
    return switch (operation) {
      case BACKUP -> competitor.backup();
      case VERIFY -> competitor.verify();
      case RESTORE -> competitor.restore();
    };
  }

  private Path written(Operation operation) {
    return operation == Operation.RESTORE ? scratch.resolve("target") : store();
  }

  private Path store() {
    return scratch.resolve("store");
  }

  private Path output() {
    return scratch.resolve("output");
  }

  private Map<String, String> environment(Path data, @Nullable Container container) {
    Map<String, String> environment = new HashMap<>();
    environment.put("DATA", data.toString());
    environment.put("STORE", store().toString());
    environment.put("STATE", scratch.resolve("state").toString());
    environment.put("XDG_STATE_HOME", scratch.resolve("state").toString());
    environment.put("TARGET", scratch.resolve("target").toString());
    environment.put("CHROMABACKUP", settings.chromabackup());
    environment.put("EMBEDDED", settings.embedded());
    environment.put("CONTAINER", container == null ? "" : container.name());
    return environment;
  }

  private static void say(String format, Object... arguments) {
    System.err.printf(format + "%n", arguments);
  }

  @Override
  public void close() throws IOException {
    Trees.delete(scratch);
  }
}
