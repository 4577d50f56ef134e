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

  private OpenFiles() {}

  /**
   * Refuses if a process has a file open.
   *
   * @param target the name of what is in use then
   * @param roots files, and directories with all that is in them
   */
  static void refuse(String target, List<Path> roots) throws IOException {
    List<String> holders = holders(roots);
    if (!holders.isEmpty()) {
      throw new TargetInUse(target, String.join(", ", holders));
    }
  }

  private static List<String> holders(List<Path> roots) throws IOException {
    Set<Object> files = new HashSet<>();
    for (Path root : roots) {
      if (FileTree.isNative(root)) {
        collect(root, files);
      }
    }
    return files.isEmpty() ? List.of() : holders(files);
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

  private static List<String> holders(Set<Object> files) {
    List<String> holders = new ArrayList<>();
    try {
      for (Path process : FileTree.children(PROCESSES)) {
        if (isNumber(process) && holdsOne(process, files)) {
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

  private static boolean holdsOne(Path process, Set<Object> files) {
    try {
      for (Path descriptor : FileTree.children(process.resolve("fd"))) {
        if (files.contains(key(descriptor))) {
          return true;
        }
      }
    } catch (IOException e) {
      log.debug("it cannot be told what {} has open: {}", process, e.toString());
    }
    return false;
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
