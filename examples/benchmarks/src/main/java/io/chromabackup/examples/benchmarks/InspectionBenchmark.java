package io.chromabackup.examples.benchmarks;

import io.chromabackup.Thoroughness;
import io.chromabackup.chroma.Inspection;
import io.chromabackup.chroma.Inspector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** How long the smallest data is inspected. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@Fork(1)
@Warmup(iterations = 2)
@Measurement(iterations = 5)
@OutputTimeUnit(TimeUnit.SECONDS)
@SuppressWarnings("NullAway.Init")
public class InspectionBenchmark {
  /** How thoroughly. */
  @Param public Thoroughness thoroughness;

  private Path data;
  private Path scratch;

  /** Finds the data. */
  @Setup
  public void find() throws IOException, InterruptedException {
    data = DataSet.directory(DataSize.M100);
    scratch = Files.createTempDirectory("inspection-benchmark");
  }

  /** Leaves nothing behind. */
  @TearDown
  public void delete() throws IOException {
    Trees.delete(scratch);
  }

  /** Inspects it. */
  @Benchmark
  public Inspection inspect() throws IOException {
    return switch (thoroughness) {
      case FAST -> Inspector.inspectFast(data, scratch);
      case THOROUGH -> Inspector.inspect(data, scratch);
    };
  }
}
