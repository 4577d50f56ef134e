package io.chromabackup.docker;

import java.io.Closeable;
import java.io.InputStream;
import java.io.OutputStream;

/** A command that runs in a container, by its standard streams. Closing it ends its input. */
interface ExecConnection extends Closeable {
  /** Its standard output; ends when the command does. */
  InputStream output();

  /** Its standard input. */
  OutputStream input();

  /** What it said on its error stream so far. */
  String errors();
}
