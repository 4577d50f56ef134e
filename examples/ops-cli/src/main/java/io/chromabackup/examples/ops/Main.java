package io.chromabackup.examples.ops;

/** Where the command line starts. */
public final class Main {
  private Main() {}

  /**
   * Runs a command, and exits with its {@link ExitCode}.
   *
   * @param args the command and its arguments
   */
  public static void main(String[] args) {
    StatusLine stderr = StatusLine.ofStderr();
    System.setErr(new PrintedLines(stderr));
    Signals signals = Signals.interrupting(Thread.currentThread());
    int code = CommandLines.of(Terminal.detected(stderr), signals).execute(args);
    System.out.flush();
    System.exit(code);
  }
}
