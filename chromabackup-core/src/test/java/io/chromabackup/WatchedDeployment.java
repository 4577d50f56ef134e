package io.chromabackup;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A server that runs on the sample's data, and one that depends on it. All that is done to them is
 * remembered, and fails on demand.
 */
final class WatchedDeployment
    implements BackupSource, RestoreTarget, RestoreTarget.Replacement, HealthCheck {
  /** What was done, in order. */
  final List<String> touched = new ArrayList<>();

  /** What it was to serve from now on. */
  Map<String, String> replacement = new TreeMap<>();

  final Service chroma = new Service("");
  final Service worker = new Service("worker: ");
  boolean needsRecovery;
  boolean recoveredUninterrupted;
  int heldAtCommit;
  Optional<String> adopted = Optional.empty();
  private final Set<Quiet> quiets = EnumSet.of(Quiet.OPTIMISTIC);
  private final Map<String, Throwable> failures = new HashMap<>();
  private final Map<String, Integer> times = new HashMap<>();
  private final Set<String> interrupts = new HashSet<>();

  ChromaDeployment alone() {
    return ChromaDeployment.of(this, this);
  }

  ChromaDeployment served() {
    return alone().heldBy(chroma).checkedBy(this);
  }

  /** Can be copied only while its service is held. */
  WatchedDeployment unquiet() {
    quiets.clear();
    return this;
  }

  WatchedDeployment failOn(String step, Throwable failure) {
    return failOn(1, step, failure);
  }

  /** Fails the first, second, third time that this is done. */
  WatchedDeployment failOn(int time, String step, Throwable failure) {
    failures.put(time + " " + step, failure);
    return this;
  }

  /** Interrupts whoever does this. */
  WatchedDeployment interruptOn(String step) {
    interrupts.add(step);
    return this;
  }

  private void step(String name) throws IOException {
    touched.add(name);
    if (interrupts.remove(name)) {
      Thread.currentThread().interrupt();
    }
    failIfToldTo(name);
  }

  private void failIfToldTo(String name) throws IOException {
    Throwable failure = failures.get(times.merge(name, 1, Integer::sum) + " " + name);
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    } else if (failure instanceof Error error) {
      throw error;
    } else if (failure != null) {
      throw (IOException) failure;
    }
  }

  @Override
  public String describe() {
    return "watched";
  }

  @Override
  public SourceProbe probe() throws IOException {
    failIfToldTo("probe");
    return new SourceProbe(1, quiets, List.of());
  }

  @Override
  public DataContents contents(Path scratch) throws IOException {
    failIfToldTo("contents");
    return DataContents.unknown();
  }

  @Override
  public void copyTo(EntrySink sink, Quiet quiet, Path scratch) throws IOException {
    for (Map.Entry<String, byte[]> file : HostileSample.INSTANCE.files.entrySet()) {
      byte[] bytes = file.getValue();
      Entry entry = Entry.file(file.getKey(), bytes.length, HostileSample.MADE);
      sink.accept(entry, new ByteArrayInputStream(bytes));
    }
  }

  @Override
  public boolean isEmpty() {
    return false;
  }

  @Override
  public RestoreTarget.Replacement stage(StagedFiles files) throws IOException {
    step("stage");
    replacement = HostileRestore.contents(files.directory());
    return this;
  }

  @Override
  public boolean needsRecovery() {
    return needsRecovery;
  }

  @Override
  public Optional<String> recover() throws IOException {
    failIfToldTo("recover");
    recoveredUninterrupted = !Thread.currentThread().isInterrupted();
    return needsRecovery ? Optional.of("old data is back") : Optional.empty();
  }

  @Override
  public Optional<String> adopt() {
    return adopted;
  }

  @Override
  public void swap() throws IOException {
    step("swap");
  }

  @Override
  public void reject() throws IOException {
    step("reject");
  }

  @Override
  public void rollBack() throws IOException {
    step("roll back");
  }

  @Override
  public void commit() throws IOException {
    heldAtCommit = chroma.held;
    step("commit");
  }

  @Override
  public void close() {
    failIfToldToUnchecked("close");
  }

  private void failIfToldToUnchecked(String step) {
    try {
      failIfToldTo(step);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String check(List<CollectionSummary> expected, Duration patience) throws IOException {
    step("check");
    return "asked";
  }

  /** One that can be paused and stopped. */
  final class Service implements ServiceController {
    final Set<Quiet> offers = EnumSet.of(Quiet.PAUSE, Quiet.STOP);
    boolean running = true;

    /** How many holds were taken and not ended. */
    int held;

    private final String prefix;

    private Service(String prefix) {
      this.prefix = prefix;
    }

    @Override
    public String describe() {
      return prefix + "service";
    }

    @Override
    public Set<Quiet> offers() {
      return offers;
    }

    @Override
    public boolean isRunning() {
      return running;
    }

    @Override
    public Hold pause() throws IOException {
      step(prefix + "pause");
      return () -> step(prefix + "resume");
    }

    @Override
    public Hold stop() throws IOException {
      step(prefix + "stop");
      running = false;
      held++;
      return new Hold() {
        @Override
        public void close() throws IOException {
          held--;
          if (!running) {
            start();
          }
        }

        @Override
        public void leave() {
          held--;
          touched.add(prefix + "left");
          failIfToldToUnchecked(prefix + "left");
        }
      };
    }

    @Override
    public void start() throws IOException {
      step(prefix + "start");
      running = true;
    }

    @Override
    public void awaitHealthy(Duration patience) throws IOException {
      failIfToldTo(prefix + "healthy");
    }
  }
}
