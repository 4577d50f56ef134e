package io.chromabackup.localfs;

import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.ProgressListener;
import io.chromabackup.RetentionPolicy;
import io.chromabackup.chroma.ChromaLayout;
import io.chromabackup.health.ChromaHealth;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A deployment, its service and its store in one directory: the same to every process that is told
 * of it.
 *
 * @param root the directory
 * @param kept how many archives the store keeps
 */
record KillSite(Path root, int kept) {
  Path data() {
    return root.resolve("chroma");
  }

  Path backups() {
    return root.resolve("backups");
  }

  /** What is at work in the data directory during a restore. */
  Path work() {
    return data().resolve(LocalTarget.WORK);
  }

  Path database() {
    return data().resolve(ChromaLayout.DATABASE);
  }

  private Path notes() {
    return root.resolve("notes");
  }

  LocalService service() {
    return LocalService.builder("chroma")
        .pidFile(ServiceScripts.pidFile(root))
        .stopCommand("/bin/sh", ServiceScripts.stop(root).toString())
        .startCommand("/bin/sh", ServiceScripts.start(root).toString())
        .notes(notes())
        .build();
  }

  ChromaDeployment deployment() throws IOException {
    ChromaDeployment held = LocalChroma.at(data()).heldBy(service());
    Optional<URI> url = ServiceScripts.url(root);
    return url.isEmpty() ? held : held.checkedBy(ChromaHealth.at(url.get()));
  }

  ChromaBackup backups(ProgressListener progress) {
    return ChromaBackup.builder(LocalArchiveStore.in(backups()))
        .retention(RetentionPolicy.keepLast(kept))
        .progress(progress)
        .build();
  }

  Optional<LocalProcess> process() throws IOException {
    return new PidFile(ServiceScripts.pidFile(root)).find();
  }

  boolean runs() throws IOException {
    return process().isPresent();
  }

  boolean isFrozen() throws IOException {
    Optional<LocalProcess> process = process();
    return process.isPresent() && process.get().isFrozen();
  }

  /** The files that an operation at work has there, and an ended one has not. */
  List<Path> leftovers() throws IOException {
    Path store = backups().resolve(".chromabackup");
    Path readers = store.resolve("reading");
    List<Path> left = new ArrayList<>();
    for (Path ours : List.of(work(), notes(), store)) {
      if (Files.exists(ours)) {
        try (Stream<Path> all = Files.walk(ours)) {
          all.filter(Files::isRegularFile).forEach(left::add);
        }
      }
    }
    left.removeIf(path -> path.equals(store.resolve("lock")) || path.startsWith(readers));
    return left;
  }
}
