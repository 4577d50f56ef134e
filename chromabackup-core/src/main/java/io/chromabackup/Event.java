package io.chromabackup;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What is said in the log of operations: a key, and then pairs of {@code name=value}. Keys and
 * names are for programs too, and stay; docs/operations.md lists them.
 */
enum Event {
  BACKUP_STARTED(Level.INFO),
  BACKUP_DONE(Level.INFO),
  BACKUP_WARNING(Level.WARN),
  BACKUP_FAILED(Level.WARN),
  VERIFY_STARTED(Level.INFO),
  VERIFY_DONE(Level.INFO),
  VERIFY_WARNING(Level.WARN),
  VERIFY_FAILED(Level.WARN),
  RESTORE_STARTED(Level.INFO),
  RESTORE_DONE(Level.INFO),
  RESTORE_WARNING(Level.WARN),
  RESTORE_FAILED(Level.WARN),
  PRUNE_STARTED(Level.INFO),
  PRUNE_DELETED(Level.INFO),
  PRUNE_DONE(Level.INFO),
  PRUNE_WARNING(Level.WARN),
  PRUNE_FAILED(Level.WARN),
  RECOVER_STARTED(Level.INFO),
  RECOVER_SETTLED(Level.WARN),
  RECOVER_DONE(Level.INFO),
  RECOVER_FAILED(Level.WARN);

  private final String name = name().toLowerCase(Locale.ROOT).replace('_', '.');

  private final Level level;

  Event(Level level) {
    this.level = level;
  }

  String key() {
    return "chromabackup." + name;
  }

  Level level() {
    return level;
  }

  /** Logs it with names and values, alternately. */
  void log(Object... pairs) {
    // below one name for all, whatever class they come from: so they can be routed
    Logger log = LoggerFactory.getLogger("io.chromabackup.operations." + name);
    if (!log.isEnabledForLevel(level)) {
      return;
    }
    StringBuilder line = new StringBuilder(key());
    for (int i = 0; i < pairs.length; i += 2) {
      line.append(' ').append(pairs[i]).append('=').append(quoted(pairs[i + 1].toString()));
    }
    // as an argument: braces in a value are not places for others
    log.atLevel(level).log("{}", line);
  }

  /** One line always, and values with spaces can be told from the next name. */
  static String quoted(String value) {
    if (!value.isEmpty() && value.chars().allMatch(Event::isPlain)) {
      return value;
    }
    String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"");
    return '"' + escaped.replaceAll("[\\p{IsControl}\\u2028\\u2029]+", " ") + '"';
  }

  private static boolean isPlain(int c) {
    return !Character.isWhitespace(c)
        && !Character.isSpaceChar(c)
        && !Character.isISOControl(c)
        && c != '"'
        && c != '='
        && c != '\\';
  }
}
