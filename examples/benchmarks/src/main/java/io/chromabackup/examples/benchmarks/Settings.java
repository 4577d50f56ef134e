package io.chromabackup.examples.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What is measured.
 *
 * @param runs how often
 * @param results where the figures go
 * @param work for all that is written meanwhile: on the disk that is to be measured
 */
record Settings(
    List<DataSize> sizes, int runs, List<Competitor> competitors, Path results, Path work) {
  /** Of every JVM that is measured. */
  static final String HEAP = "-Xmx64m";

  /** Takes {@code SIZES RUNS COMPETITORS RESULTS WORK}; lists have commas, and may be "all". */
  static Settings parse(String[] args) {
    return new Settings(
        Arrays.stream(args[0].split(",")).map(DataSize::of).toList(),
        Integer.parseInt(args[1]),
        Competitor.all().stream().filter(competitor -> isNamed(competitor, args[2])).toList(),
        Path.of(args[3]).toAbsolutePath(),
        Path.of(args[4]).toAbsolutePath());
  }

  /** A file among the figures, written line by line. */
  PrintStream csv(String name) throws IOException {
    return new PrintStream(
        Files.newOutputStream(results.resolve(name)), true, StandardCharsets.UTF_8);
  }

  /** By a part of the name. */
  private static boolean isNamed(Competitor competitor, String names) {
    return names.equals("all")
        || Arrays.stream(names.toLowerCase(Locale.ROOT).split(","))
            .anyMatch(competitor.name()::contains);
  }

  /** The library in a process of its own, which is told by pipes what to do. */
  String embedded() {
    return "java %s -XX:+UseSerialGC -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp %s %s"
        .formatted(HEAP, System.getProperty("java.class.path"), Embedded.class.getName());
  }

  /** This project's command line. */
  String chromabackup() {
    return "env CHROMABACKUP_JAVA_OPTS=%s %s"
        .formatted(HEAP, System.getProperty("benchmarks.chromabackup"));
  }
}
