package io.chromabackup.chroma;

import java.util.regex.Pattern;

/**
 * Text that may be a stranger's, as a terminal and a log may see it: it moves no cursor, begins no
 * line, and does not turn round what is beside it.
 */
public final class Printable {
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

  private Printable() {}

  /**
   * The text on one line.
   *
   * @param text any text
   * @return the same, with a question mark for each character that is not printed
   */
  public static String of(String text) {
    return UNPRINTABLE.matcher(text).replaceAll("?");
  }
}
