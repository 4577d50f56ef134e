package io.chromabackup.examples.s3;

import io.chromabackup.ChromaBackupException.StoreUnusable;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private Moment written = Moment.now();
  private boolean lost;

  /**
   * Now, by both clocks of this machine: one may be set, and the other stand still with the
   * machine.
   */
  private record Moment(long nanos, long millis) {
    static Moment now() {
      return new Moment(System.nanoTime(), System.currentTimeMillis());
    }

    Duration since() {
      Duration one = Duration.ofNanos(System.nanoTime() - nanos);
      Duration other = Duration.ofMillis(System.currentTimeMillis() - millis);
      return one.compareTo(other) > 0 ? one : other;
    }
  }

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
    Moment begun = Moment.now();
    bucket.put(key, body());
    written(begun);
  }

  private synchronized void written(Moment begun) {
    lost |= isOver();
    written = begun;
  }

  /** Whether it has counted no longer for a while: what only one may have may be another's. */
  private boolean isOver() {
    return written.since().compareTo(term) >= 0;
  }

  /** Fails once it may have been another's, as far as this machine's clock tells. */
  synchronized void requireHeld() throws StoreUnusable {
    lost |= isOver();
    if (lost) {
      throw bucket.unusable(
          "%s could not be renewed for %d s, and may be another's by now. See that the server can be reached, and try again"
              .formatted(key, term.toSeconds()),
          null);
    }
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
    Thread thread = new Thread(this::keep, "lease " + key);
    thread.setDaemon(true);
    thread.start();
    return this;
  }

  /** Gives it up as well: a renewal under way would bring back what was given up before its end. */
  private void keep() {
    try {
      while (!closing.await(pause().toMillis(), TimeUnit.MILLISECONDS)) {
        quietly(this::write, key);
      }
      quietly(() -> end.of(key), key);
    } catch (InterruptedException e) {
      log.warn("{} is not renewed any more: its thread was interrupted", key);
    } finally {
      ended.complete(null);
    }
  }

  private Duration pause() {
    return term.dividedBy(4);
  }

  /**
   * Gives it up, and waits for that, but not for long: what cannot be given up ends by itself, with
   * its term.
   */
  @Override
  public void close() {
    closing.countDown();
    ended.copy().completeOnTimeout(null, pause().toMillis(), TimeUnit.MILLISECONDS).join();
  }

  static void quietly(Bucket.Work work, String key) {
    try {
      work.run();
    } catch (IOException | RuntimeException e) {
      log.warn("{} could not be renewed or given up: {}", key, e.toString());
    }
  }
}
