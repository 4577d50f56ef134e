package io.chromabackup.docker;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A socket that leads to the engine at hand, which says by it that it is of another machine. */
final class ForwardedEngine implements AutoCloseable {
  private final Path engine;
  private final Path socket;
  private final String info;
  private final ServerSocketChannel server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  ForwardedEngine(Engine engine, Path socket, String info) throws IOException {
    this.engine = Path.of(engine.describe().replace("unix://", ""));
    this.socket = socket;
    this.info = info;
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    threads.execute(this::accept);
  }

  Engine connect() throws IOException {
    return Engine.connect(new DockerHost(Optional.of("unix://" + socket), Optional.empty()));
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        threads.execute(() -> serve(client));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(SocketChannel client) {
    try (client;
        SocketChannel there = SocketChannel.open(UnixDomainSocketAddress.of(engine))) {
      ByteBuffer first = ByteBuffer.allocate(1 << 16);
      client.read(first);
      String request = new String(first.array(), 0, first.position(), StandardCharsets.UTF_8);
      if (request.matches("(?s)GET /v[0-9.]+/info .*")) {
        write(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(info.length(), info),
            client);
        return;
      }
      first.flip();
      write(first, there);
      threads.execute(() -> copy(client, there));
      copy(there, client);
    } catch (IOException e) {
      // one of them has hung up
    }
  }

  private static void copy(SocketChannel from, SocketChannel to) {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    try {
      while (from.read(buffer.clear()) >= 0) {
        write(buffer.flip(), to);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      // one of them has hung up
    }
  }

  private static void write(String text, SocketChannel to) throws IOException {
    write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), to);
  }

  private static void write(ByteBuffer bytes, SocketChannel to) throws IOException {
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }
}
