package io.chromabackup.files;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Modes and numeric owners, where the file system has them. */
public final class PosixMetadata {
  private static final PosixFilePermission[] BITS = {
    PosixFilePermission.OTHERS_EXECUTE,
    PosixFilePermission.OTHERS_WRITE,
    PosixFilePermission.OTHERS_READ,
    PosixFilePermission.GROUP_EXECUTE,
    PosixFilePermission.GROUP_WRITE,
    PosixFilePermission.GROUP_READ,
    PosixFilePermission.OWNER_EXECUTE,
    PosixFilePermission.OWNER_WRITE,
    PosixFilePermission.OWNER_READ,
  };

  /** The next one stands for nobody, and to a system call for whoever owns it already. */
  private static final long LARGEST_ID = 0xffff_fffeL;

  private PosixMetadata() {}

  /**
   * Numbers of a user and a group.
   *
   * @param uid the user's
   * @param gid the group's
   */
  public record Ids(long uid, long gid) {}

  /**
   * The permission bits of a file.
   *
   * @param file the file; a link is followed
   * @return the bits; empty where the file system has none
   * @throws IOException if they cannot be read
   */
  public static OptionalInt mode(Path file) throws IOException {
    if (!supports(file, "posix")) {
      return OptionalInt.empty();
    }
    if (supports(file, "unix")) {
      return OptionalInt.of((int) Files.getAttribute(file, "unix:mode") & 07777);
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    int mode = 0;
    for (int bit = 0; bit < BITS.length; bit++) {
      mode |= permissions.contains(BITS[bit]) ? 1 << bit : 0;
    }
    return OptionalInt.of(mode);
  }

  /**
   * Who owns a file.
   *
   * @param file the file; a link is followed
   * @return the numbers; empty where the file system has none
   * @throws IOException if they cannot be read
   */
  public static Optional<Ids> owner(Path file) throws IOException {
    if (!supports(file, "unix")) {
      return Optional.empty();
    }
    Map<String, Object> ids = Files.readAttributes(file, "unix:uid,gid");
    return Optional.of(
        new Ids(
            ((Number) Objects.requireNonNull(ids.get("uid"))).longValue(),
            ((Number) Objects.requireNonNull(ids.get("gid"))).longValue()));
  }

  /**
   * Sets the nine permission bits of a file, where the file system has them.
   *
   * @param file the file
   * @param mode the bits
   * @throws IOException if they cannot be set
   */
  public static void setMode(Path file, int mode) throws IOException {
    if (!supports(file, "posix")) {
      return;
    }
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (int bit = 0; bit < BITS.length; bit++) {
      if ((mode & 1 << bit) != 0) {
        permissions.add(BITS[bit]);
      }
    }
    Files.setPosixFilePermissions(file, permissions);
  }

  /**
   * Gives a file to its owner, if it is not that owner's already.
   *
   * @param file the file
   * @param owner who shall own it
   * @return false if this process may not, or the file system cannot
   * @throws IOException if it fails otherwise
   */
  public static boolean setOwner(Path file, Ids owner) throws IOException {
    Optional<Ids> present = owner(file);
    if (present.isEmpty() || present.get().equals(owner)) {
      return present.isPresent();
    }
    if (owner.uid() > LARGEST_ID || owner.gid() > LARGEST_ID) {
      return false;
    }
    try {
      Files.setAttribute(file, "unix:uid", (int) owner.uid(), LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(file, "unix:gid", (int) owner.gid(), LinkOption.NOFOLLOW_LINKS);
      return true;
    } catch (FileSystemException | IllegalArgumentException | UnsupportedOperationException e) {
      return false;
    }
  }

  private static boolean supports(Path file, String view) {
    return file.getFileSystem().supportedFileAttributeViews().contains(view);
  }
}
