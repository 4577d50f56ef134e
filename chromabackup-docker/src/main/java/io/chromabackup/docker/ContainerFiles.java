package io.chromabackup.docker;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** The files of a container, looked at from outside. What was looked at once is not asked again. */
final class ContainerFiles {
  private static final int LONGEST_TEXT = 1 << 20;
  private static final int LINKS_AT_MOST = 40;
  private static final Duration STALL = Duration.ofSeconds(30);

  private final Engine engine;
  private final String id;
  private final Map<String, Optional<PathStat>> known = new HashMap<>();

  ContainerFiles(Engine engine, Container container) {
    this.engine = engine;
    this.id = container.id();
  }

  /** A path as an absolute one without dots and double slashes. */
  static String absolute(String directory, String path) {
    Deque<String> parts = new ArrayDeque<>();
    String whole = path.startsWith("/") ? path : "/" + directory + "/" + path;
    for (String part : whole.split("/", -1)) {
      if (part.equals("..")) {
        parts.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return "/" + String.join("/", parts);
  }

  /** Whether a path is a directory or in it; both absolute. */
  static boolean isWithin(String path, String directory) {
    return directory.equals("/") || path.equals(directory) || path.startsWith(directory + "/");
  }

  /** What is at a {@linkplain #real real} path; empty if there is nothing. */
  Optional<PathStat> stat(String path) throws IOException {
    Optional<PathStat> stat = known.get(path);
    if (stat == null) {
      stat = ask(path);
      known.put(path, stat);
    }
    return stat;
  }

  /** Where a path leads through all links; what is not there stays as it is named. */
  String real(String path) throws IOException {
    String real = absolute("/", path);
    for (int links = 0; links < LINKS_AT_MOST; links++) {
      String next = throughFirstLink(real);
      if (next.equals(real)) {
        return real;
      }
      real = next;
    }
    return real;
  }

  private String throughFirstLink(String path) throws IOException {
    for (int end = path.indexOf('/', 1); ; end = path.indexOf('/', end + 1)) {
      String start = end < 0 ? path : path.substring(0, end);
      String target = stat(start).map(PathStat::linkTarget).orElse("");
      if (!target.isEmpty()) {
        return absolute(start + "/..", target + path.substring(start.length()));
      }
      if (end < 0) {
        return path;
      }
    }
  }

  /** The text of a file; nothing if there is none, or if it is longer than a text should be. */
  Optional<String> text(String path) throws IOException {
    String real = real(path);
    Optional<PathStat> stat = stat(real);
    if (stat.isEmpty() || stat.get().directory() || stat.get().size() > LONGEST_TEXT) {
      return Optional.empty();
    }
    try (InputStream stream = engine.read(id, real, STALL);
        TarArchiveInputStream tar = new TarArchiveInputStream(stream)) {
      TarArchiveEntry entry = tar.getNextEntry();
      return entry != null && entry.isFile() ? bounded(tar) : Optional.empty();
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> bounded(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(LONGEST_TEXT + 1);
    return bytes.length > LONGEST_TEXT
        ? Optional.empty()
        : Optional.of(new String(bytes, StandardCharsets.UTF_8));
  }

  /** The engine fails, and does not say why, where a path leads through a file. */
  private Optional<PathStat> ask(String path) throws IOException {
    String parent = path.substring(0, Math.max(1, path.lastIndexOf('/')));
    boolean mayBe = parent.equals("/") || stat(parent).filter(PathStat::directory).isPresent();
    return mayBe ? engine.stat(id, path) : Optional.empty();
  }
}
