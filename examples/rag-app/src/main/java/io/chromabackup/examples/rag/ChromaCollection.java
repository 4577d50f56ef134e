package io.chromabackup.examples.rag;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.store.embedding.EmbeddingStore;
import dev.langchain4j.store.embedding.chroma.ChromaApiVersion;
import dev.langchain4j.store.embedding.chroma.ChromaEmbeddingStore;
import io.chromabackup.ChromaBackupException.ServiceNotHeld;
import io.chromabackup.Quiet;
import io.chromabackup.ServiceController;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The way of this application to its Chroma. To a restore it is a service that depends on Chroma:
 * it is stopped before Chroma is, so that nothing is asked of a server that is going down, and
 * nothing written to data that is about to be replaced.
 */
@Component
final class ChromaCollection implements ServiceController {
  private static final Logger log = LoggerFactory.getLogger(ChromaCollection.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int ALL = 1000;

  private final RagProperties.Chroma chroma;
  private final Semaphore uses = new Semaphore(ALL);
  private volatile boolean stopped;

  /** Knows the collection by an id, which may be another after a restore. */
  private volatile @Nullable EmbeddingStore<TextSegment> open;

  ChromaCollection(RagProperties properties) {
    this.chroma = properties.chroma();
  }

  /** Chroma cannot be used just now; the message is for whoever asked. */
  static final class Unavailable extends RuntimeException {
    Unavailable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Does something with the collection.
   *
   * @throws Unavailable if Chroma cannot be asked, or is being restored
   */
  <T> T use(Function<EmbeddingStore<TextSegment>, T> what) {
    if (stopped || !uses.tryAcquire()) {
      throw new Unavailable("Chroma is being restored; try again in a minute", null);
    }
    try {
      return what.apply(open());
    } catch (RuntimeException e) {
      open = null;
      // who asks may be anybody, and is not told where Chroma is, nor what it said
      log.warn("Chroma (rag.chroma.url) cannot be used", e);
      throw new Unavailable("Chroma cannot be used just now; try again in a minute", e);
    } finally {
      uses.release();
    }
  }

  private EmbeddingStore<TextSegment> open() {
    EmbeddingStore<TextSegment> store = open;
    if (store == null) {
      store =
          ChromaEmbeddingStore.builder()
              .apiVersion(ChromaApiVersion.V2)
              .baseUrl(chroma.url().toString())
              .tenantName(chroma.tenant())
              .databaseName(chroma.database())
              .collectionName(chroma.collection())
              .timeout(TIMEOUT)
              .build();
      open = store;
    }
    return store;
  }

  @Override
  public String describe() {
    return "this application";
  }

  @Override
  public Set<Quiet> offers() {
    return Set.of(Quiet.STOP);
  }

  @Override
  public boolean isRunning() {
    return !stopped;
  }

  @Override
  public Hold pause() {
    throw new UnsupportedOperationException("this application can only be stopped");
  }

  /** Lets nobody in any more, and waits for those who are. */
  @Override
  public Hold stop() throws IOException {
    if (stopped) {
      return () -> {};
    }
    stopped = true;
    try {
      if (uses.tryAcquire(ALL, TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        return this::start;
      }
    } catch (InterruptedException e) {
      stopped = false;
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while requests to Chroma ended");
    }
    stopped = false;
    throw new ServiceNotHeld(describe(), "requests to Chroma did not end in " + TIMEOUT, null);
  }

  @Override
  public void start() {
    if (stopped) {
      open = null;
      uses.release(ALL);
      stopped = false;
    }
  }

  @Override
  public void awaitHealthy(Duration patience) {
    // that Chroma answers has been looked at before this is asked
  }
}
