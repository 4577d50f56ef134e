package io.chromabackup.localfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * The processes as Linux shows them.
 *
 * @param root where: {@code /proc}
 */
record ProcFileSystem(Path root) implements ProcessTable {
  /** The start time, counted from the first field after the program's name. */
  private static final int BORN_FIELD = 19;

  @Override
  public String threadStates(long pid) throws IOException {
    StringBuilder states = new StringBuilder();
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(root.resolve(pid + "/task"))) {
      for (Path thread : threads) {
        String fields = fields(thread.resolve("stat"));
        states.append(fields.isEmpty() ? "" : fields.substring(0, 1));
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return "";
    } catch (DirectoryIteratorException e) {
      if (Files.exists(root.resolve(String.valueOf(pid)))) {
        throw e.getCause();
      }
      return "";
    }
    return states.toString().replaceAll("[ZXx]", "");
  }

  @Override
  public String born(long pid) throws IOException {
    String[] fields = fields(root.resolve(pid + "/stat")).split(" ", -1);
    return fields.length > BORN_FIELD ? fields[BORN_FIELD] : "";
  }

  /** By the first of all processes, which is always there. */
  @Override
  public boolean hidesOthers() {
    return !Files.isReadable(root.resolve("1/stat"));
  }

  /**
   * What follows the program's name, which may itself hold spaces and parentheses. Empty if the
   * thread has ended: opening the file fails then, or reading it does.
   */
  private static String fields(Path stat) throws IOException {
    try {
      String text = new String(Files.readAllBytes(stat), StandardCharsets.ISO_8859_1);
      return text.substring(text.lastIndexOf(')') + 1).strip();
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      if (Files.exists(stat)) {
        throw e;
      }
      return "";
    }
  }
}
