package io.chromabackup.localfs;

import io.chromabackup.files.FileTree;
import io.chromabackup.files.Present;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the notes of all services are that this user holds.
 *
 * @param path the directory, which need not be there; if it is not absolute there can be none
 */
record NoteDirectory(Path path) {
  private static final Logger log = LoggerFactory.getLogger(NoteDirectory.class);
  private static final String SUFFIX = ".held";
  private static final int READABLE = 64;

  /**
   * Where notes are if nobody says otherwise: where programs keep their state on Unix. Not absolute
   * for a user without a home, whose Java calls it a question mark.
   */
  static Path usual() {
    String state = System.getenv("XDG_STATE_HOME");
    Path base =
        state == null || !Path.of(state).isAbsolute()
            ? Path.of(System.getProperty("user.home"), ".local", "state")
            : Path.of(state);
    return base.resolve("chromabackup").resolve("held");
  }

  /**
   * The note of a service.
   *
   * @param service its name
   * @param identity what else tells it from others of that name
   */
  NoteFile of(String service, String identity) {
    String readable = service.replaceAll("[^A-Za-z0-9._-]", "_");
    String whole = service + "\n" + identity;
    UUID unique = UUID.nameUUIDFromBytes(whole.getBytes(StandardCharsets.UTF_8));
    String start = readable.substring(0, Math.min(READABLE, readable.length()));
    return new NoteFile(path.resolve(start + "-" + unique + SUFFIX));
  }

  /** Tells whether notes can be here. */
  boolean canBe() {
    return path.isAbsolute();
  }

  /** Fails if notes cannot be here. */
  void requireUsable() throws IOException {
    if (!canBe()) {
      throw new IOException("this user has no home directory");
    }
  }

  /** Says of what other services dead processes left notes; only who controls them can help. */
  void warnOfOthersThan(NoteFile own) {
    try {
      if (!canBe() || !Present.at(path)) {
        return;
      }
      for (Path other : FileTree.children(path)) {
        if (other.toString().endsWith(SUFFIX) && !other.equals(own.path())) {
          warnOf(new NoteFile(other));
        }
      }
    } catch (IOException e) {
      log.debug("{} cannot be looked through: {}", path, e.toString());
    }
  }

  private static void warnOf(NoteFile other) throws IOException {
    Optional<LeftHold> left = other.latest();
    Optional<Claim> dead = Claim.on(other.path());
    dead.ifPresent(Claim::leave);
    if (dead.isPresent() && left.isPresent()) {
      log.warn(
          "service {} was {}, and whoever did that is no more. Name it in a call of recover, or see to it and delete {}",
          left.get().service(),
          left.get().words(),
          other.files());
    }
  }
}
