package io.chromabackup.docker;

import com.github.dockerjava.transport.DockerHttpClient.Response;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A command that runs in a container, by its standard streams. Closing it ends its input. */
final class ExecConnection implements Closeable {
  private final Response response;
  private final Frames output;
  private final HandedOver input;

  ExecConnection(Response response, HandedOver input) {
    this.response = response;
    this.output = Frames.output(response.getBody());
    this.input = input;
  }

  /** Its standard output; ends when the command does. */
  InputStream output() {
    return output;
  }

  /** Its standard input. */
  OutputStream input() {
    return input.writer();
  }

  /** What it said on its error stream so far. */
  String errors() {
    return output.errors();
  }

  @Override
  public void close() throws IOException {
    input.end();
    response.close();
  }
}
