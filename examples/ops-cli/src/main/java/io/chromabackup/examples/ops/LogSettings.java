package io.chromabackup.examples.ops;

import java.util.List;

/** Sets slf4j-simple, before the first line is logged, beyond what simplelogger.properties says. */
final class LogSettings {
  private static final String PREFIX = "org.slf4j.simpleLogger.";
  private static final List<String> IN_REPORTS = List.of("BackupRun", "operations");

  private LogSettings() {}

  /** Who watches a terminal knows what time it is. */
  static void forTerminal() {
    System.setProperty(PREFIX + "showDateTime", "false");
  }

  static void verbose() {
    System.setProperty(PREFIX + "showLogName", "true");
    System.setProperty(PREFIX + "log.io.chromabackup", "debug");
    IN_REPORTS.forEach(name -> System.setProperty(PREFIX + "log.io.chromabackup." + name, "debug"));
  }
}
