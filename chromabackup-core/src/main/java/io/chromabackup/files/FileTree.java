package io.chromabackup.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Directories with what is in them, on any file system. */
public final class FileTree {
  private FileTree() {}

  /**
   * Tells whether native libraries (SQLite, locks) can work on a path.
   *
   * @param path any path
   * @return true if it belongs to the default file system
   */
  public static boolean isNative(Path path) {
    return path.getFileSystem() == FileSystems.getDefault();
  }

  /**
   * Makes a directory that only its owner may enter, and its parents so that only their owner may
   * write to them. One that is there stays as it is.
   *
   * @param directory the directory
   * @return the directory
   * @throws IOException if it cannot be made
   */
  public static Path createPrivate(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Path parent = directory.toAbsolutePath().getParent();
      if (parent != null) {
        create(parent, "rwxr-xr-x");
      }
      create(directory, "rwx------");
    }
    return directory;
  }

  /**
   * Makes a directory, and its parents, with these permissions. One that is there stays as it is.
   *
   * @param directory the directory
   * @param permissions in the form {@code rwx------}
   * @return the directory
   * @throws java.nio.file.FileAlreadyExistsException if something else has its name
   * @throws IOException if it cannot be made
   */
  public static Path create(Path directory, String permissions) throws IOException {
    // many a Java 17, and 18 and 19, take a link to a directory for no directory (JDK-8294193)
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, ownerOnly(directory, permissions));
    }
    return directory;
  }

  /**
   * The attributes of a new file or directory whose permissions do not hang on the umask alone.
   *
   * @param path where it will be
   * @param permissions in the form {@code rwx------}
   * @return the attributes; none where the file system knows no permissions
   */
  public static FileAttribute<?>[] ownerOnly(Path path, String permissions) {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
    };
  }

  /**
   * What is directly in a directory, sorted by name.
   *
   * @param directory the directory
   * @return its children
   * @throws IOException if it cannot be read
   */
  public static List<Path> children(Path directory) throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(children::add);
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    Collections.sort(children);
    return children;
  }

  /**
   * Deletes a file, or a directory with all that is in it. Links are deleted, not followed.
   *
   * @param root what to delete; it may be missing
   * @throws IOException if something cannot be deleted
   */
  public static void delete(Path root) throws IOException {
    if (!Present.at(root)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /**
   * Makes a file's content survive a power cut.
   *
   * @param file the file
   * @throws IOException if it cannot be opened or synced
   */
  public static void syncFile(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /**
   * Makes the names in a directory survive a power cut. Does nothing where directories cannot be
   * opened (Windows, in-memory file systems) or cannot be synced (shared folders of virtual
   * machines, some network drives): names last there as long as the file system sees to it. But a
   * sync that fails is an error.
   *
   * @param directory the directory
   * @throws IOException if syncing fails
   */
  public static void syncDirectory(Path directory) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(directory, StandardOpenOption.READ);
    } catch (AccessDeniedException | UnsupportedOperationException e) {
      return; // as Windows says
    } catch (FileSystemException e) {
      boolean missing = e instanceof NoSuchFileException && !Present.directoryBehind(directory);
      if (isNative(directory) || missing) {
        throw e;
      }
      return; // as those in memory say, or in a zip file
    }
    try (channel) {
      channel.force(true);
    } catch (IOException e) {
      if (Interruption.isOf(e) || !Unsynced.isMeantBy(e)) {
        throw e;
      }
    }
  }

  /** How systems say that a file is none that can be synced: there is no exception type for it. */
  private static final class Unsynced {
    private static final List<String> WORDS =
        List.of("Invalid argument", "Operation not supported", "Function not implemented");

    /**
     * Unix says it in the language of the locale, so it is asked for its words; not by a thread
     * that was interrupted, which gets no answer.
     */
    private static final Optional<String> LOCAL = ofNullDevice();

    private static Optional<String> ofNullDevice() {
      try (FileChannel device = FileChannel.open(Path.of("/dev/null"), StandardOpenOption.WRITE)) {
        device.force(true);
        return Optional.empty();
      } catch (IOException | InvalidPathException e) {
        return e.getClass() == IOException.class
            ? Optional.ofNullable(e.getMessage())
            : Optional.empty();
      }
    }

    static boolean isMeantBy(IOException e) {
      String said = e.getMessage();
      return said != null
          && (WORDS.contains(said) || LOCAL.filter(words -> words.equals(said)).isPresent());
    }
  }

  /**
   * How many bytes can still be written where {@code path} is, or will be.
   *
   * @param path any path; its nearest existing parent counts
   * @return bytes
   * @throws IOException if it cannot be told
   */
  public static long usableSpace(Path path) throws IOException {
    return fileStore(path).getUsableSpace();
  }

  private static FileStore fileStore(Path path) throws IOException {
    Path existing = path.toAbsolutePath();
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    return Files.getFileStore(existing);
  }

  /**
   * Tells whether two paths are, or will be, on one file system.
   *
   * @param one a path; its nearest existing parent counts
   * @param other another
   * @return true if they are
   * @throws IOException if it cannot be told
   */
  public static boolean sameFileStore(Path one, Path other) throws IOException {
    return one.getFileSystem() == other.getFileSystem() && fileStore(one).equals(fileStore(other));
  }
}
