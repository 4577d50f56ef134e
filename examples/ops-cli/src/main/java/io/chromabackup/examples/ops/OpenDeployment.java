package io.chromabackup.examples.ops;

import io.chromabackup.ChromaDeployment;
import java.io.Closeable;
import java.io.IOException;

/**
 * A deployment, and the connection that it needs.
 *
 * @param chroma the deployment
 * @param connection closed when it is done with
 */
record OpenDeployment(ChromaDeployment chroma, Closeable connection) implements Closeable {
  @Override
  public void close() throws IOException {
    connection.close();
  }
}
