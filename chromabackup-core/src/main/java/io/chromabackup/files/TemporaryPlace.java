package io.chromabackup.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * This user's own directory among the system's temporary files. It has a name that is known, so
 * that what a killed process left there is found; so somebody else may have been there before.
 */
public final class TemporaryPlace {
  private TemporaryPlace() {}

  /**
   * The directory, for its owner alone.
   *
   * @return the directory, which exists
   * @throws AccessDeniedException if it is a link, or somebody else's
   * @throws IOException if it cannot be made
   */
  public static Path own() throws IOException {
    return own(Path.of(System.getProperty("java.io.tmpdir")));
  }

  static Path own(Path temporary) throws IOException {
    Path place = temporary.resolve("chromabackup-" + System.getProperty("user.name"));
    try {
      Files.createDirectory(place, FileTree.ownerOnly(place, "rwx------"));
    } catch (FileAlreadyExistsException e) {
      requireOurs(place);
    }
    return place;
  }

  private static void requireOurs(Path place) throws IOException {
    if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
      throw refused(place, "it is no directory");
    }
    PosixFileAttributeView view =
        Files.getFileAttributeView(place, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (view == null) {
      return;
    }
    PosixFileAttributes attributes = view.readAttributes();
    Path mine = Files.createTempFile("chromabackup", "");
    try {
      if (!attributes.owner().equals(Files.getOwner(mine))) {
        throw refused(place, "it belongs to " + attributes.owner());
      }
    } finally {
      Files.delete(mine);
    }
    if (!PosixFilePermissions.toString(attributes.permissions()).equals("rwx------")) {
      view.setPermissions(PosixFilePermissions.fromString("rwx------"));
    }
  }

  private static AccessDeniedException refused(Path place, String why) {
    return new AccessDeniedException(
        place.toString(), null, why + ". Remove it, or give a workspace of your own");
  }
}
