package io.chromabackup.examples.ops;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/**
 * Where lines are logged, stack traces too. What stands in them may be a stranger's, such as a name
 * in an archive: each stays one line, and draws nothing.
 */
final class PrintedLines extends PrintStream {
  PrintedLines(OutputStream out) {
    super(out, true, Charset.defaultCharset());
  }

  @Override
  public void println(String line) {
    super.println(Lines.printable(String.valueOf(line)));
  }

  /** Stack traces come by this one. */
  @Override
  public void println(Object line) {
    println(String.valueOf(line));
  }
}
