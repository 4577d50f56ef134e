package io.chromabackup;

import io.chromabackup.chroma.Printable;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file or directory of a Chroma data directory, without its content.
 *
 * @param path relative to the data directory, {@code /}-separated; never absolute, and without
 *     empty, {@code .} or {@code ..} segments, backslashes and control characters
 * @param type what it is; nothing but files and directories is ever backed up
 * @param size the length in bytes; 0 for a directory
 * @param modifiedAt when its content last changed
 * @param mode the twelve POSIX permission bits, for example {@code 0644}
 * @param owner who owns it by number, or null where the file system does not say
 */
public record Entry(
    String path, Type type, long size, Instant modifiedAt, int mode, @Nullable Owner owner) {

  /** What an entry is. */
  public enum Type {
    /** A regular file. */
    FILE,
    /** A directory. */
    DIRECTORY
  }

  /**
   * A numeric owner.
   *
   * @param uid the user's number, not negative
   * @param gid the group's number, not negative
   */
  public record Owner(long uid, long gid) {
    /**
     * Refuses negative numbers.
     *
     * @param uid the user's number, not negative
     * @param gid the group's number, not negative
     */
    public Owner {
      if (uid < 0 || gid < 0) {
        throw new IllegalArgumentException("owner " + uid + ":" + gid + " is negative");
      }
    }
  }

  private static final int FILE_MODE = 0600;
  private static final int DIRECTORY_MODE = 0700;
  private static final int ALL_PERMISSIONS = 07777;

  /**
   * Refuses anything that could leave the directory it is put in.
   *
   * @param path relative to the data directory, {@code /}-separated
   * @param type what it is; nothing but files and directories is ever backed up
   * @param size the length in bytes; 0 for a directory
   * @param modifiedAt when its content last changed
   * @param mode the twelve POSIX permission bits; others are dropped
   * @param owner who owns it by number, or null where the file system does not say
   * @throws IllegalArgumentException if the path is unsafe, the size negative or a directory's size
   *     not 0
   */
  public Entry {
    Objects.requireNonNull(type);
    Objects.requireNonNull(modifiedAt);
    requireSafe(path);
    if (size < 0 || (type == Type.DIRECTORY && size != 0)) {
      throw new IllegalArgumentException("size " + size + " of " + type + " " + path);
    }
    mode &= ALL_PERMISSIONS;
  }

  /**
   * A file that only its owner may read, of nobody in particular.
   *
   * @param path relative to the data directory, {@code /}-separated
   * @param size the length in bytes
   * @param modifiedAt when its content last changed
   * @return the entry
   */
  public static Entry file(String path, long size, Instant modifiedAt) {
    return new Entry(path, Type.FILE, size, modifiedAt, FILE_MODE, null);
  }

  /**
   * A directory that only its owner may enter, of nobody in particular.
   *
   * @param path relative to the data directory, {@code /}-separated
   * @param modifiedAt when its content last changed
   * @return the entry
   */
  public static Entry directory(String path, Instant modifiedAt) {
    return new Entry(path, Type.DIRECTORY, 0, modifiedAt, DIRECTORY_MODE, null);
  }

  /**
   * Tells whether this is a regular file.
   *
   * @return true for a file, false for a directory
   */
  public boolean isFile() {
    return type == Type.FILE;
  }

  /**
   * The same entry with another size.
   *
   * @param newSize the length in bytes
   * @return the entry
   */
  public Entry withSize(long newSize) {
    return new Entry(path, type, newSize, modifiedAt, mode, owner);
  }

  private static void requireSafe(String path) {
    if (path.isEmpty() || path.startsWith("/") || path.indexOf('\\') >= 0) {
      throw new IllegalArgumentException("unsafe path '" + Printable.of(path) + "'");
    }
    if (path.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("control character in path '" + Printable.of(path) + "'");
    }
    for (String segment : path.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw new IllegalArgumentException("unsafe path '" + Printable.of(path) + "'");
      }
    }
  }
}
