package io.chromabackup;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The paths of one archive, of which no two may meet on any file system: not in another case, not
 * in another form of Unicode, not with dots or spaces at an end, and none below a file; and none of
 * them is a drive of Windows.
 */
final class ArchivedPaths {
  /** Chroma's have some sixty characters. */
  static final int MAX_LENGTH = 1024;

  /** What file systems take of a name. */
  private static final int MAX_NAME_BYTES = 255;

  /** All of them together, with the directories that are only named by what is in them. */
  static final int MAX_TOTAL = 16 << 20;

  /** Chroma's lie in one. */
  static final int MAX_DEPTH = 8;

  private static final Pattern DRIVE = Pattern.compile("\\p{Alpha}:");

  private final Map<String, Entry.Type> seen = new HashMap<>();
  private final int maxEntries;
  private int entries;
  private int total;

  ArchivedPaths(int maxEntries) {
    this.maxEntries = maxEntries;
  }

  /**
   * Takes note of one.
   *
   * @throws IllegalArgumentException if it meets another, or if there are too many
   */
  void add(Entry entry) {
    String path = entry.path();
    if (path.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "it has a path of %d characters, which is too long: %s…"
              .formatted(path.length(), path.substring(0, 60)));
    }
    requireNames(path);
    entries++;
    count(path, path.length());
    String key = folded(path);
    if (entry.isFile() ? seen.containsKey(key) : seen.get(key) == Entry.Type.FILE) {
      throw new IllegalArgumentException("it has " + path + " twice");
    }
    for (int end = key.indexOf('/'); end > 0; end = key.indexOf('/', end + 1)) {
      Entry.Type known = seen.putIfAbsent(key.substring(0, end), Entry.Type.DIRECTORY);
      if (known == Entry.Type.FILE) {
        throw new IllegalArgumentException("it has " + path + " below a file");
      }
      count(path, known == null ? end : 0);
    }
    seen.put(key, entry.type());
  }

  private void count(String path, int length) {
    total += length;
    if (entries > maxEntries || total > MAX_TOTAL) {
      throw new IllegalArgumentException(
          "it has too many entries: %s is number %d".formatted(path, entries));
    }
  }

  private static void requireNames(String path) {
    String[] names = path.split("/", -1);
    if (names.length > MAX_DEPTH) {
      throw new IllegalArgumentException(
          "it has a path of %d names, which is too deep: %s…"
              .formatted(names.length, path.substring(0, Math.min(60, path.length()))));
    }
    if (DRIVE.matcher(path).lookingAt()) {
      throw new IllegalArgumentException("it has a path that begins with a drive: " + path);
    }
    for (String name : names) {
      if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
        throw new IllegalArgumentException(
            "it has a name that is too long for a file: %s…".formatted(name.substring(0, 60)));
      }
    }
  }

  private static String folded(String path) {
    return Normalizer.normalize(path, Normalizer.Form.NFC)
        .toUpperCase(Locale.ROOT) // both, as some letters differ in one case alone
        .toLowerCase(Locale.ROOT)
        .replaceAll("[. ]+(?=/|$)", "");
  }
}
