package io.chromabackup.examples.s3;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Pattern;

/** Stands between a client and a real server, and is the trouble that a network can be. */
final class Relay implements Closeable {
  /** What becomes of an answer. */
  @FunctionalInterface
  interface Trouble {
    /**
     * Says how many bytes of the answer get through; if negative, the server is not even asked.
     *
     * @param head the request without its body; nothing of it was sent yet
     */
    long answered(String head);
  }

  private static final Pattern DATE = Pattern.compile("(?im)(?<=^Date: ).*GMT");
  private static final DateTimeFormatter HTTP =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final ServerSocket socket;
  private final URI server;
  private final Trouble trouble;
  private final Duration ahead;

  Relay(URI server, Trouble trouble) throws IOException {
    this(server, trouble, Duration.ZERO);
  }

  /** As if the server's clock were ahead. */
  Relay(URI server, Trouble trouble, Duration ahead) throws IOException {
    this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.server = server;
    this.trouble = trouble;
    this.ahead = ahead;
    start(this::accept);
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socket.accept();
        start(() -> relay(client));
      }
    } catch (IOException e) {
      // it was closed
    }
  }

  /** One request, since the server is told to close the connection after it. */
  private void relay(Socket accepted) {
    try (Socket client = accepted;
        Socket upstream = new Socket(server.getHost(), server.getPort())) {
      InputStream request = new BufferedInputStream(client.getInputStream());
      String head = head(request);
      long left = trouble.answered(head);
      if (left < 0) {
        return;
      }
      OutputStream out = upstream.getOutputStream();
      String last = head.replaceFirst("(?im)^Connection:.*\r\n", "").stripTrailing();
      out.write((last + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      start(() -> copy(request, out, Long.MAX_VALUE));
      copy(later(upstream.getInputStream()), client.getOutputStream(), left);
    } catch (IOException e) {
      // one of them has gone
    }
  }

  private InputStream later(InputStream answer) throws IOException {
    if (ahead.isZero()) {
      return answer;
    }
    String head =
        DATE.matcher(head(answer))
            .replaceFirst(date -> HTTP.format(HTTP.parse(date.group(), Instant::from).plus(ahead)));
    return new SequenceInputStream(
        new ByteArrayInputStream(head.getBytes(StandardCharsets.ISO_8859_1)), answer);
  }

  private static String head(InputStream request) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int b = request.read();
      if (b < 0) {
        throw new IOException("no request");
      }
      head.write(b);
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  /** Copies to the end, but lets only the first bytes through. */
  private static void copy(InputStream in, OutputStream out, long through) {
    byte[] buffer = new byte[1 << 13];
    long left = through;
    try {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        int passed = (int) Math.min(read, left);
        out.write(buffer, 0, passed);
        out.flush();
        left -= passed;
      }
    } catch (IOException e) {
      // one of them has gone
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
