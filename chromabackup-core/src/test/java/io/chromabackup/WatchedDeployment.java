package io.chromabackup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A server that runs on data of its own, and remembers all that a restore does to either. */
final class WatchedDeployment
    implements BackupSource, RestoreTarget, RestoreTarget.Replacement, ServiceController {
  /** What was done, in order. */
  final List<String> touched = new ArrayList<>();

  /** What it was to serve from now on. */
  Map<String, String> replacement = new TreeMap<>();

  ChromaDeployment deployment() {
    return ChromaDeployment.of(this, this).heldBy(this);
  }

  @Override
  public String describe() {
    return "watched";
  }

  @Override
  public SourceProbe probe() {
    throw new UnsupportedOperationException();
  }

  @Override
  public DataContents contents(Path scratch) {
    return DataContents.unknown();
  }

  @Override
  public void copyTo(EntrySink sink, Quiet quiet, Path scratch) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isEmpty() {
    return false;
  }

  @Override
  public RestoreTarget.Replacement stage(StagedFiles files) throws IOException {
    touched.add("stage");
    replacement = HostileRestore.contents(files.directory());
    return this;
  }

  @Override
  public boolean needsRecovery() {
    return false;
  }

  @Override
  public void swap() {
    touched.add("swap");
  }

  @Override
  public void rollBack() {
    touched.add("roll back");
  }

  @Override
  public void commit() {
    touched.add("commit");
  }

  @Override
  public void close() {
    // nothing is held
  }

  @Override
  public Optional<String> recover() {
    return Optional.empty();
  }

  @Override
  public Set<Quiet> offers() {
    return Set.of(Quiet.PAUSE, Quiet.STOP);
  }

  @Override
  public boolean isRunning() {
    return true;
  }

  @Override
  public Hold pause() {
    touched.add("pause");
    return () -> {};
  }

  @Override
  public Hold stop() {
    touched.add("stop");
    return () -> {};
  }

  @Override
  public void start() {
    touched.add("start");
  }

  @Override
  public void awaitHealthy(Duration patience) {
    // it always is
  }
}
