package io.chromabackup.examples.benchmarks;

import io.chromabackup.testkit.RealChroma;
import io.chromabackup.testkit.RealChroma.Generation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Data directories of a real Chroma 1.5, made once and kept outside the project: in {@code
 * $CHROMABACKUP_BENCHMARKS}, else in {@code chromabackup/benchmarks} of the user's cache.
 */
final class DataSet {
  private static final int WRITERS = 2;

  private DataSet() {}

  /** Makes those that are not there yet: their sizes are the arguments. */
  public static void main(String[] args) throws IOException, InterruptedException {
    for (String label : args) {
      DataSize size = DataSize.of(label);
      System.out.println(size.label() + " " + directory(size));
    }
  }

  /** Where the data of a size is; it is made first if need be, which takes minutes. */
  static Path directory(DataSize size) throws IOException, InterruptedException {
    Path directory = cache().resolve(size.label());
    if (!Files.exists(directory)) {
      Path unfinished = cache().resolve(size.label() + ".unfinished");
      Trees.delete(unfinished);
      Files.createDirectories(unfinished);
      make(unfinished, size);
      Files.move(unfinished, directory);
    }
    return directory;
  }

  private static Path cache() {
    return environment("CHROMABACKUP_BENCHMARKS")
        .orElseGet(
            () ->
                environment("XDG_CACHE_HOME")
                    .orElse(Path.of(System.getProperty("user.home"), ".cache"))
                    .resolve("chromabackup/benchmarks"));
  }

  private static Optional<Path> environment(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(v -> !v.isEmpty()).map(Path::of);
  }

  /** Adds collections until it is large enough. */
  private static void make(Path directory, DataSize size) throws IOException, InterruptedException {
    AtomicInteger next = new AtomicInteger();
    try (RealChroma chroma = RealChroma.start(Generation.NEW, directory)) {
      Writer writer = new Writer(chroma.url());
      ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        running.add(writers.submit(() -> fill(writer, next, directory, size)));
      }
      writers.shutdown();
      for (Future<?> writing : running) {
        writing.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("the data of " + size.label() + " could not be made", e.getCause());
    }
  }

  private static void fill(Writer writer, AtomicInteger next, Path directory, DataSize size) {
    try {
      for (long bytes = 0; bytes < size.bytes(); bytes = Trees.bytes(directory)) {
        int collection = next.getAndIncrement();
        writer.fill(collection, size.recordsEach());
        System.err.printf(
            "%s: collection %d, %,d bytes%n", size.label(), collection, Trees.bytes(directory));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
