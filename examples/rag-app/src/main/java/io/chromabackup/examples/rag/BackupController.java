package io.chromabackup.examples.rag;

import io.chromabackup.ArchiveListing;
import io.chromabackup.ArchiveName;
import io.chromabackup.Manifest;
import io.chromabackup.examples.rag.Operation.Status;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Starts backups, verifications and restores, and tells how far they are. */
@RestController
final class BackupController {
  private final Backups backups;
  private final boolean allowRestore;

  BackupController(Backups backups, RagProperties properties) {
    this.backups = backups;
    this.allowRestore = properties.backup().allowRestore();
  }

  /** An archive, as the beginning of it tells. */
  record Archive(String name, long bytes, String standing, @Nullable Long documents) {
    static Archive of(ArchiveListing listing) {
      return new Archive(
          listing.name().toString(),
          listing.info().size(),
          listing.standing().name(),
          listing.manifest().map(Manifest::documents).orElse(null));
    }
  }

  /**
   * What is to be restored.
   *
   * @param archive the archive's name
   * @param replace the same name once more: that it replaces what is there
   */
  record Restore(@Nullable String archive, @Nullable String replace) {}

  @GetMapping("/backups")
  List<Archive> list() throws IOException {
    return backups.list().stream().map(Archive::of).toList();
  }

  @PostMapping("/backups")
  ResponseEntity<Status> backUp() throws Backups.Busy {
    return accepted(backups.backUp());
  }

  @PostMapping("/backups/{name}/verification")
  ResponseEntity<Status> verify(@PathVariable String name) throws Backups.Busy {
    return accepted(backups.verify(parsed(name)));
  }

  @PostMapping("/restores")
  ResponseEntity<Status> restore(@RequestBody Restore restore) throws Backups.Busy {
    if (!allowRestore) {
      throw new ResponseStatusException(
          HttpStatus.FORBIDDEN, "restoring is off here: rag.backup.allow-restore");
    }
    if (restore.archive == null || !restore.archive.equals(restore.replace)) {
      throw new ResponseStatusException(
          HttpStatus.FORBIDDEN,
          "a restore replaces the data that is there; repeat the archive's name as \"replace\"");
    }
    return accepted(backups.restore(parsed(restore.archive)));
  }

  @GetMapping("/operations/{id}")
  Status operation(@PathVariable String id) {
    return backups
        .find(id)
        .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND))
        .status();
  }

  private static ResponseEntity<Status> accepted(Operation operation) {
    Status status = operation.status();
    return ResponseEntity.accepted()
        .location(URI.create("/operations/" + status.id()))
        .body(status);
  }

  private static ArchiveName parsed(String name) {
    return ArchiveName.parse(name)
        .orElseThrow(
            () ->
                new ResponseStatusException(
                    HttpStatus.NOT_FOUND, "there is no archive of that name"));
  }
}
