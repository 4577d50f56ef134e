package io.chromabackup.files;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Whether a file is there, where "it cannot be told" must not pass for "no": a disk that answers a
 * look with an error would have a file left out of a backup, or a broken restore overlooked.
 */
public final class Present {
  /** As the JDK has it from the system, when a parent is a file. */
  private static final String NOT_A_DIRECTORY = "Not a directory";

  /** Unix says it in the language of the locale, so it is asked for its words. */
  private static final class Local {
    static final Optional<String> WORDS = ofNoDirectory();

    private static Optional<String> ofNoDirectory() {
      try {
        Files.readAttributes(Path.of("/dev/null/none"), BasicFileAttributes.class);
        return Optional.empty();
      } catch (NoSuchFileException e) {
        return Optional.empty();
      } catch (FileSystemException e) {
        return Optional.ofNullable(e.getReason());
      } catch (IOException | InvalidPathException e) {
        return Optional.empty();
      }
    }
  }

  private Present() {}

  /**
   * Tells whether something has this name, be it a link that leads nowhere.
   *
   * @param path any path
   * @return true if so
   * @throws IOException if it cannot be told
   */
  public static boolean at(Path path) throws IOException {
    return look(path, LinkOption.NOFOLLOW_LINKS).isPresent();
  }

  /**
   * Tells whether this is a regular file itself; a link to one is not.
   *
   * @param path any path
   * @return true if so
   * @throws IOException if it cannot be told
   */
  public static boolean asFile(Path path) throws IOException {
    return look(path, LinkOption.NOFOLLOW_LINKS)
        .map(BasicFileAttributes::isRegularFile)
        .orElse(false);
  }

  /**
   * Tells whether this is a regular file, or leads to one.
   *
   * @param path any path
   * @return true if so
   * @throws IOException if it cannot be told
   */
  public static boolean fileBehind(Path path) throws IOException {
    return look(path).map(BasicFileAttributes::isRegularFile).orElse(false);
  }

  /**
   * Tells whether this is a directory, or leads to one.
   *
   * @param path any path
   * @return true if so
   * @throws IOException if it cannot be told
   */
  public static boolean directoryBehind(Path path) throws IOException {
    return look(path).map(BasicFileAttributes::isDirectory).orElse(false);
  }

  private static Optional<BasicFileAttributes> look(Path path, LinkOption... options)
      throws IOException {
    try {
      return Optional.of(Files.readAttributes(path, BasicFileAttributes.class, options));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (FileSystemException e) {
      if (saysNoDirectory(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Tells whether a failure means that something on the way to a file is no directory.
   *
   * @param e what was thrown
   * @return true if the system says so, in whatever language
   */
  public static boolean saysNoDirectory(FileSystemException e) {
    String reason = e.getReason();
    return NOT_A_DIRECTORY.equals(reason)
        || Local.WORDS.filter(words -> words.equals(reason)).isPresent();
  }
}
