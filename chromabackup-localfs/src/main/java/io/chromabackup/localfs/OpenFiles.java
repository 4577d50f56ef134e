package io.chromabackup.localfs;

import io.chromabackup.ChromaBackupException.TargetInUse;
import io.chromabackup.files.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which processes have files open, as far as Linux tells this one. Files are compared by what they
 * are and not by their names, which are others inside of containers. This process counts like any
 * other: a connection of its own to the database does the same harm.
 */
final class OpenFiles {
  private static final Logger log = LoggerFactory.getLogger(OpenFiles.class);
  private static final Path PROCESSES = Path.of("/proc");

  /** As they were given to {@code open}, in octal digits. */
  private static final Pattern FLAGS = Pattern.compile("(?m)^flags:\\s*([0-7]{1,10})$");

  private static final int ACCESS_MODE = 3;
  private static final int READ_ONLY = 0;

  private OpenFiles() {}

  /** What a process may do with a file that it has open. */
  private enum Use {
    ANY,
    WRITE
  }

  /**
   * Refuses if a process has a file open.
   *
   * @param target the name of what is in use then
   * @param roots files, and directories with all that is in them
   */
  static void refuse(String target, List<Path> roots) throws IOException {
    refuseIfAny(target, holders(roots, Use.ANY));
  }

  /**
   * Refuses if a process has a file open to write to it, as a server has its database. Who only
   * reads, as a virus scanner does, is no reason to leave half a restore where it is.
   *
   * @param target the name of what is in use then
   * @param roots files, and directories with all that is in them
   */
  static void refuseWriters(String target, List<Path> roots) throws IOException {
    refuseIfAny(target, holders(roots, Use.WRITE));
  }

  private static void refuseIfAny(String target, List<String> holders) throws TargetInUse {
    if (!holders.isEmpty()) {
      throw new TargetInUse(target, String.join(", ", holders));
    }
  }

  private static List<String> holders(List<Path> roots, Use use) throws IOException {
    Set<Object> files = new HashSet<>();
    for (Path root : roots) {
      if (FileTree.isNative(root)) {
        collect(root, files);
      }
    }
    return files.isEmpty() ? List.of() : holders(files, use);
  }

  private static void collect(Path path, Set<Object> files) throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      if (attributes.isDirectory()) {
        for (Path child : FileTree.children(path)) {
          collect(child, files);
        }
      } else if (attributes.fileKey() != null) {
        files.add(attributes.fileKey());
      }
    } catch (NoSuchFileException e) {
      log.debug("{} is gone, or a link that leads nowhere", path);
    }
  }

  private static List<String> holders(Set<Object> files, Use use) {
    List<String> holders = new ArrayList<>();
    try {
      for (Path process : FileTree.children(PROCESSES)) {
        if (isNumber(process) && holdsOne(process, files, use)) {
          holders.add("process " + process.getFileName() + " (" + command(process) + ")");
        }
      }
    } catch (IOException e) {
      log.debug("it cannot be told here who has files open: {}", e.toString());
    }
    return holders;
  }

  private static boolean isNumber(Path process) {
    return process.getFileName().toString().chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static boolean holdsOne(Path process, Set<Object> files, Use use) {
    try {
      for (Path descriptor : FileTree.children(process.resolve("fd"))) {
        if (files.contains(key(descriptor)) && (use == Use.ANY || mayWrite(process, descriptor))) {
          return true;
        }
      }
    } catch (IOException e) {
      log.debug("it cannot be told what {} has open: {}", process, e.toString());
    }
    return false;
  }

  /** What cannot be told counts as a yes. */
  private static boolean mayWrite(Path process, Path descriptor) {
    try {
      Path info = process.resolve("fdinfo").resolve(descriptor.getFileName());
      Matcher flags = FLAGS.matcher(Files.readString(info));
      return !flags.find() || (Integer.parseInt(flags.group(1), 8) & ACCESS_MODE) != READ_ONLY;
    } catch (NoSuchFileException e) {
      return false; // closed meanwhile
    } catch (IOException e) {
      log.debug("it cannot be told how {} is open: {}", descriptor, e.toString());
      return true;
    }
  }

  private static Object key(Path descriptor) {
    try {
      Object key = Files.readAttributes(descriptor, BasicFileAttributes.class).fileKey();
      return key == null ? descriptor : key;
    } catch (IOException e) {
      // closed meanwhile
      return descriptor;
    }
  }

  /** The name alone: a command line may hold secrets. */
  private static String command(Path process) {
    try {
      return Files.readString(process.resolve("comm")).strip();
    } catch (IOException e) {
      return "ended meanwhile";
    }
  }
}
