package io.chromabackup.examples.s3;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One object that is written again and again, by a daemon thread, until the lease is closed. */
final class Lease implements Closeable {
  /** How a lease ends. */
  @FunctionalInterface
  interface End {
    void of(String key) throws IOException;
  }

  private static final Logger log = LoggerFactory.getLogger(Lease.class);

  private final Bucket bucket;
  private final String key;
  private final String token = UUID.randomUUID().toString();
  private final String text;
  private final Duration term;
  private final End end;
  private boolean closed;

  Lease(Bucket bucket, String key, String text, Duration term, End end) {
    this.bucket = bucket;
    this.key = key;
    this.text = text;
    this.term = term;
    this.end = end;
  }

  /** Its own name, without the directory. */
  String name() {
    return key.substring(key.lastIndexOf('/') + 1);
  }

  void write() throws IOException {
    bucket.put(key, body());
  }

  /** Writes it for the first time; false if another did before. */
  boolean create() throws IOException {
    // an answer may get lost, and the request that is repeated for it is refused
    return bucket.create(key, body(), Map.of()) || bucket.text(key).startsWith(token);
  }

  private String body() {
    return token + "\n" + text;
  }

  static String textOf(String body) {
    return body.substring(body.indexOf('\n') + 1);
  }

  /** Keeps it from now on. */
  Lease renewed() {
    Thread thread = new Thread(this::renew, "lease " + key);
    thread.setDaemon(true);
    thread.start();
    return this;
  }

  private synchronized void renew() {
    try {
      while (!closed) {
        wait(term.dividedBy(4).toMillis());
        if (!closed) {
          quietly(this::write, key);
        }
      }
    } catch (InterruptedException e) {
      log.warn("{} is not renewed any more: its thread was interrupted", key);
    }
  }

  /** Gives it up. What cannot be given up ends by itself, with its term. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      notifyAll();
      quietly(() -> Bucket.shielded(() -> end.of(key)), key);
    }
  }

  static void quietly(Bucket.Work work, String key) {
    try {
      work.run();
    } catch (IOException | RuntimeException e) {
      log.warn("{} could not be renewed or given up: {}", key, e.toString());
    }
  }
}
