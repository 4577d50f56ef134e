package io.chromabackup.testkit;

import io.chromabackup.testkit.ChromaClient.Collection;
import io.chromabackup.testkit.ChromaClient.Entry;
import io.chromabackup.testkit.ChromaClient.ServerError;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Writers that change a collection all the time until closed.
 *
 * <p>Each writer owns a range of record numbers and keeps a window of it filled: it adds records at
 * the window's front, deletes them at its end, and updates or upserts those between, each batch
 * with a new version. Numbers come round again, so deleted records are added anew. A writer knows
 * its window from what it sent, never from what the server holds. Where a server is stopped, paused
 * or restarted meanwhile, the writer repeats the batch in a form that may be repeated.
 */
public final class WriteLoad implements AutoCloseable {

  /**
   * How much is written.
   *
   * @param writers how many clients write at once
   * @param records how many records the collection holds, more or less
   * @param batch how many records one request carries
   * @param dimension of the vectors
   */
  public record Settings(int writers, int records, int batch, int dimension) {

    /** Three writers, 6,000 records of dimension 16, 40 in a request. */
    public static Settings ofDefaults() {
      return new Settings(3, 6_000, 40, 16);
    }

    private int window() {
      return records / writers / batch * batch;
    }

    private int range() {
      return VectorCode.LIMIT / writers / batch * batch;
    }
  }

  /** Small enough for one request of a server with the smallest limit (5,461 records). */
  private static final int FILL_BATCH = 1_000;

  /** How many times the window a writer's numbers reach before they come round. */
  private static final int LAP = 3;

  private final ChromaClient client;
  private final Collection collection;
  private final Settings settings;
  private final List<Thread> threads = new ArrayList<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong interruptions = new AtomicLong();
  private volatile boolean closed;

  private WriteLoad(ChromaClient client, Collection collection, Settings settings) {
    this.client = client;
    this.collection = collection;
    this.settings = settings;
  }

  /** Creates the settings' number of records, then lets the writers begin. */
  public static WriteLoad start(ChromaClient client, Collection collection, Settings settings) {
    WriteLoad load = new WriteLoad(client, collection, settings);
    for (int writer = 0; writer < settings.writers(); writer++) {
      load.fill(writer);
      load.threads.add(load.thread(writer));
    }
    load.threads.forEach(Thread::start);
    return load;
  }

  /** A record as the load and {@link RecordCheck} know it: every part of it holds the version. */
  public static Entry entry(int number, int version, int dimension) {
    return new Entry(
        "r" + number,
        VectorCode.encode(number, version, dimension),
        "record " + number + " v" + version,
        Map.of("version", version));
  }

  /** Adds records of version 1, numbered from {@code first}. */
  public static void fill(
      ChromaClient client, Collection collection, int first, int count, int dimension) {
    for (int done = 0; done < count; done += FILL_BATCH) {
      int size = Math.min(FILL_BATCH, count - done);
      client.add(collection, entries(first + done, size, 1, dimension));
    }
  }

  /** How many record operations the server has accepted since the start. */
  public long written() {
    return written.get();
  }

  /** How many requests got no answer, as of a server that was stopped, or were put off by it. */
  public long interruptions() {
    return interruptions.get();
  }

  /** Lets the writers end the request they are at; fails if the server refused one before. */
  @Override
  public void close() {
    closed = true;
    threads.forEach(WriteLoad::join);
    if (!failures.isEmpty()) {
      throw new AssertionError("a writer failed", failures.peek());
    }
  }

  /** A daemon, so that a test that never closes its load cannot keep the JVM from ending. */
  private Thread thread(int writer) {
    Thread thread = new Thread(new Writer(writer), "writer-" + writer);
    thread.setDaemon(true);
    return thread;
  }

  private void fill(int writer) {
    fill(client, collection, first(writer), settings.window(), settings.dimension());
  }

  private int first(int writer) {
    return writer * settings.range();
  }

  private static List<Entry> entries(int first, int count, int version, int dimension) {
    return IntStream.range(first, first + count)
        .mapToObj(number -> entry(number, version, dimension))
        .toList();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + thread.getName() + " ended", e);
    }
  }

  private final class Writer implements Runnable {

    private final Random random;
    private final int first;
    private final int lap;
    private int begin;
    private int version = 1;

    private Writer(int index) {
      this.random = new Random(index);
      this.first = first(index);
      this.lap = Math.min(settings.range(), LAP * settings.window());
    }

    @Override
    public void run() {
      try {
        while (!closed) {
          step();
        }
      } catch (RuntimeException | Error e) {
        failures.add(e);
      }
    }

    private void step() {
      version = version % (VectorCode.LIMIT - 1) + 1;
      List<Entry> changed = batch(random.nextInt(settings.window() / settings.batch()));
      switch (random.nextInt(4)) {
        case 0 -> slide();
        case 1 -> send(() -> client.update(collection, changed));
        default -> send(() -> client.upsert(collection, changed));
      }
    }

    /** Deletes the window's last batch, adds one at its front. */
    private void slide() {
      List<String> ids = batch(0).stream().map(Entry::id).toList();
      send(() -> client.delete(collection, ids));
      List<Entry> added = batch(settings.window() / settings.batch());
      sendOnceThen(() -> client.add(collection, added), () -> client.upsert(collection, added));
      begin += settings.batch();
    }

    /** The batch that lies so many batches from the window's beginning, in its next version. */
    private List<Entry> batch(int index) {
      int offset = (begin + index * settings.batch()) % lap;
      return entries(first + offset, settings.batch(), version, settings.dimension());
    }

    private void send(Runnable request) {
      sendOnceThen(request, request);
    }

    /** Adding what was added already has no effect, so an add in doubt must become an upsert. */
    private void sendOnceThen(Runnable request, Runnable again) {
      Runnable next = request;
      while (!closed) {
        if (isDone(next)) {
          written.addAndGet(settings.batch());
          return;
        }
        next = again;
        pause();
      }
    }

    private boolean isDone(Runnable request) {
      try {
        request.run();
        return true;
      } catch (UncheckedIOException e) {
        interruptions.incrementAndGet();
      } catch (ServerError e) {
        if (!e.isBusy()) {
          throw e;
        }
        interruptions.incrementAndGet();
      }
      return false;
    }

    private void pause() {
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while writing", e);
      }
    }
  }
}
