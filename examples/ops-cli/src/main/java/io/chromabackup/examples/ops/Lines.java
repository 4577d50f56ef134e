package io.chromabackup.examples.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Lines that begin with what they tell of, so that one is found at a glance. */
final class Lines {
  /* a tab begins the lines of a stack trace, and does no harm */
  private static final Pattern UNPRINTABLE =
      Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\t]]");

  private final List<String> lines = new ArrayList<>();

  Lines add(String label, String text) {
    lines.add("%-11s %s".formatted(label, printable(text)));
    return this;
  }

  /** Names in an archive or a database may be a stranger's: none writes lines of its own. */
  static String printable(String text) {
    return UNPRINTABLE.matcher(text).replaceAll("?");
  }

  Lines addAll(String label, List<String> texts) {
    texts.forEach(text -> add(label, text));
    return this;
  }

  List<String> toList() {
    return List.copyOf(lines);
  }
}
