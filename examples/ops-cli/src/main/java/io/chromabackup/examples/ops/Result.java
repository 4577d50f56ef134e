package io.chromabackup.examples.ops;

import java.util.List;
import java.util.Map;

/** What a command has to tell, to programs and to people. */
interface Result {
  /** For {@code --json}: maps, lists, strings, numbers and booleans. */
  Map<String, Object> document();

  /** Without it. */
  List<String> lines();

  default ExitCode exitCode() {
    return ExitCode.DONE;
  }
}
