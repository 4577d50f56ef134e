package io.chromabackup.docker;

import io.chromabackup.Entry;
import io.chromabackup.chroma.ChromaLayout;
import io.chromabackup.files.Interruption;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A companion that stands by while a container's data is copied. It sees all the files at once,
 * with their exact times, and can put some aside, into its own layer: that takes as long as {@code
 * cp} does, and not as long as a stream through the engine.
 */
final class CopyCompanion implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(CopyCompanion.class);
  private static final String SCRIPT = ChromaVolume.script("copy.sh");
  private static final String ASIDE = "/chromabackup";
  private static final Duration STALL = Duration.ofSeconds(60);

  /** As {@code stat} names file systems that only the engine's own kernel writes to. */
  private static final Set<String> LOCAL_DISKS =
      Set.of("ext2/ext3", "xfs", "btrfs", "zfs", "f2fs", "tmpfs", "overlayfs");

  private final Companions companions;
  private final String id;
  private final ExecSession shell;
  private final BufferedReader answers;

  private CopyCompanion(Companions companions, String id, ExecSession shell) {
    this.companions = companions;
    this.id = id;
    this.shell = shell;
    this.answers =
        new BufferedReader(new InputStreamReader(shell.output(), StandardCharsets.UTF_8));
  }

  /** Lets one stand by a container. */
  static CopyCompanion beside(Companions companions, Container container, String directory)
      throws IOException {
    Engine engine = companions.engine();
    String id = companions.standBy(container);
    try {
      return new CopyCompanion(
          companions, id, engine.exec(id, List.of("sh", "-c", SCRIPT, "copy", directory)));
    } catch (IOException | RuntimeException | Error e) {
      Interruption.shieldedAfter(e, () -> companions.remove(id));
      throw e;
    }
  }

  /** The id of the container, through which the volume can be read. */
  String id() {
    return id;
  }

  /**
   * A file or directory of Chroma's.
   *
   * @param entry what it is
   * @param stamp differs as soon as it has changed, but for what belongs to the same write
   * @param changed when that was
   */
  record Stamped(Entry entry, String stamp, Instant changed) {}

  /**
   * What there is.
   *
   * @param files by their paths, directories before what is in them
   * @param room how many bytes can be put aside
   * @param now what the kernel's clock says
   * @param fileSystem what kind of file system it is on
   * @param complete whether all could be seen, and nothing vanished meanwhile
   */
  record Snapshot(
      Map<String, Stamped> files, long room, Instant now, String fileSystem, boolean complete) {
    /** Whether stamps are to be relied on: elsewhere they may come from a cache. */
    boolean isOnLocalDisk() {
      return LOCAL_DISKS.contains(fileSystem);
    }
  }

  /**
   * Looks.
   *
   * @throws IOException if there is something that can be copied only through the engine
   */
  Snapshot look() throws IOException {
    say("look\n");
    Map<String, Stamped> files = new TreeMap<>();
    long room = 0;
    Instant now = Instant.MIN;
    String fileSystem = "";
    for (String line = answer(); ; line = answer()) {
      String[] words = line.split(" +", -1);
      if (words[0].equals(".")) {
        return new Snapshot(files, room, now, fileSystem, words[1].equals("0"));
      }
      try {
        switch (words[0]) {
          case "room" -> room = Math.multiplyExact(Long.parseLong(words[words.length - 3]), 1024L);
          case "now" -> now = Instant.ofEpochSecond(Long.parseLong(words[1]));
          case "type" -> fileSystem = words[1];
          default -> add(line, files);
        }
      } catch (RuntimeException e) {
        throw new IOException("the volume could not be looked at: '" + line + "'", e);
      }
    }
  }

  /** A line is: mode, size, user, group, inode, modified (3 words), changed (3 words), ./path. */
  private static void add(String line, Map<String, Stamped> files) throws IOException {
    String[] words = line.split(" ", 12);
    String path = words[11].substring(2);
    if (!isChromas(path)) {
      return;
    }
    int mode = Integer.parseInt(words[0], 16);
    boolean isFile = (mode & 0xF000) == 0x8000;
    boolean isDirectory = (mode & 0xF000) == 0x4000;
    boolean isInSegment = path.contains("/");
    boolean isSegment = !isInSegment && ChromaLayout.isSegmentDirectory(path);
    if ((isFile || isDirectory) && isDirectory != isSegment) {
      return;
    }
    if (!isFile && !isDirectory) {
      throw new IOException(path + " is a link, or something stranger");
    }
    Instant modified = time(words, 5);
    Instant changed = time(words, 8);
    Entry entry =
        new Entry(
            path,
            isFile ? Entry.Type.FILE : Entry.Type.DIRECTORY,
            isFile ? Long.parseLong(words[1]) : 0,
            modified,
            mode,
            new Entry.Owner(Long.parseLong(words[2]), Long.parseLong(words[3])));
    String stamp = String.join(" ", words[1], words[4], modified.toString(), changed.toString());
    files.put(path, new Stamped(entry, stamp, modified.isAfter(changed) ? modified : changed));
  }

  private static boolean isChromas(String path) {
    String[] parts = path.split("/", -1);
    boolean isDatabase =
        parts.length == 1 && ChromaLayout.isDatabaseFile(parts[0]) && !parts[0].endsWith("-shm");
    return isDatabase || ChromaLayout.isSegmentDirectory(parts[0]);
  }

  private static Instant time(String[] words, int from) {
    return OffsetDateTime.of(
            LocalDate.parse(words[from]),
            LocalTime.parse(words[from + 1]),
            ZoneOffset.of(words[from + 2]))
        .toInstant();
  }

  /**
   * Makes a copy of the database in the companion's own layer, to be written over when it is put
   * aside: who does that need not wait for room to be made then.
   *
   * @return whether it is there
   */
  boolean makeReady() throws IOException {
    say("ready\n");
    String line = answer();
    while (!line.startsWith(". ")) {
      line = answer();
    }
    return line.equals(". 0");
  }

  /**
   * Copies files into the companion's own layer, where they stay as they are now.
   *
   * @return what they are called there, in the order of the paths
   */
  List<String> putAside(List<String> paths) throws IOException {
    if (paths.isEmpty()) {
      return List.of();
    }
    say("aside\n" + String.join("\n", paths) + "\n\n");
    List<String> copies = new ArrayList<>();
    String line = answer();
    for (; !line.startsWith(". "); line = answer()) {
      if (!line.equals("~")) { // it is at work
        copies.add(ASIDE + "/" + copies.size());
      }
    }
    if (!line.equals(". 0") || copies.size() != paths.size()) {
      throw new IOException("files could not be put aside: " + shell.errors());
    }
    return copies;
  }

  private void say(String words) throws IOException {
    shell.input().write(words.getBytes(StandardCharsets.UTF_8));
  }

  private String answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the companion's shell has ended: " + shell.errors());
    }
    return line;
  }

  /** A stream of one file, or of a directory, of this container. */
  TarArchiveInputStream read(String path) throws IOException {
    return new TarArchiveInputStream(companions.engine().read(id, path, STALL), "UTF-8");
  }

  @Override
  public void close() {
    try {
      Interruption.shielded(
          () -> {
            shell.close();
            companions.remove(id);
          });
    } catch (IOException | RuntimeException e) {
      log.warn("companion {} is left to the next backup: {}", id, e.toString());
    }
  }
}
