package io.chromabackup.examples.ops;

import java.util.LinkedHashMap;
import java.util.Map;

/** The library's advice names its methods; operators know options. */
final class Wording {
  private static final Map<String, String> OPTIONS = new LinkedHashMap<>();

  static {
    OPTIONS.put("BackupOptions.allowEmpty", "--allow-empty");
    OPTIONS.put("BackupOptions.salvage", "--salvage");
    OPTIONS.put("BackupOptions.quiet(Quiet.STOP)", "--cold");
    OPTIONS.put("RestoreOptions.allowDamaged", "--allow-damaged");
    OPTIONS.put("RestoreOptions.allowNewerSchema", "--allow-newer-schema");
    OPTIONS.put("RestoreOptions.replace or RestoreOptions.confirm", "--yes");
    OPTIONS.put(
        "For a restore, name what depends on it as dependents; or have it name this unit in",
        "For a restore, stop that yourself before, and start it again afterwards. For good, have it"
            + " name this unit in");
    OPTIONS.put("LocalService.Builder.notes, or the environment", "the environment");
    OPTIONS.put("Call ChromaBackup.recover", "Run 'chromabackup recover'");
    OPTIONS.put("ChromaBackup.recover", "'chromabackup recover'");
    OPTIONS.put(
        "give a ServiceController that can pause the service",
        "name a service that can be paused (--pid-file, --container)");
    OPTIONS.put(
        "ive a ServiceController that can", "ive its service (--systemd, --container, --pid-file)");
    OPTIONS.put("give a controller that can", "give one that can be (--systemd, --container)");
  }

  private Wording() {}

  static String of(Throwable failure) {
    String message = failure.getMessage();
    if (message == null || message.isBlank()) {
      return failure.getClass().getSimpleName();
    }
    return Lines.printable(forOperators(said(failure, message)));
  }

  static String forOperators(String message) {
    String words = message;
    for (Map.Entry<String, String> option : OPTIONS.entrySet()) {
      words = words.replace(option.getKey(), option.getValue());
    }
    return words;
  }

  /**
   * Java's own messages are often a bare path, or make sense only with the name of what happened.
   */
  private static String said(Throwable failure, String message) {
    return failure.getClass().getPackageName().startsWith("java.")
        ? failure.getClass().getSimpleName() + ": " + message
        : message;
  }
}
