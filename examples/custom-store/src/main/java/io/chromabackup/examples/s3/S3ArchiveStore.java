package io.chromabackup.examples.s3;

import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackupException.ArchiveExists;
import io.chromabackup.ChromaBackupException.ArchiveInUse;
import io.chromabackup.ChromaBackupException.ArchiveNotFound;
import io.chromabackup.ChromaBackupException.Locked;
import io.chromabackup.ChromaBackupException.StoreUnusable;
import io.chromabackup.ContentCheck;
import io.chromabackup.ContentWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/**
 * Keeps archives as objects in a bucket of Amazon S3, or of another server that speaks its protocol
 * and honours {@code If-None-Match: *} on {@code PutObject} and {@code CompleteMultipartUpload}.
 * Where that is ignored, the store refuses to write.
 *
 * <p>The archives lie under their names, below a prefix. What else the store needs is in {@code
 * .chromabackup/} there; it may be deleted while nothing uses the store. The bucket must exist.
 *
 * <p>Writers and readers, and whoever has the lock, say so by objects that they renew while they
 * live. Those of a process that died count for 60 seconds longer: for so long its lock is held, the
 * archive that it read is not deleted, and what it had uploaded is not swept. Who could not renew
 * its lock for as long publishes and deletes nothing more.
 *
 * <p>A thread that is interrupted stops before its next request, with an {@link
 * InterruptedIOException}.
 */
public final class S3ArchiveStore implements ArchiveStore {
  static final String OURS = ".chromabackup/";

  private static final Logger log = LoggerFactory.getLogger(S3ArchiveStore.class);
  private static final String LOCK = OURS + "lock/";
  private static final String DELETING = OURS + "deleting/";
  private static final String READING = OURS + "reading/";
  private static final String PROBE = OURS + "probe";

  private static final Duration TERM = Duration.ofSeconds(60);
  private static final long RETRY_MILLIS = 100;

  private final Bucket bucket;
  private final Leases leases;

  /** Those of operations that are not through. */
  private final Set<Lease> locks = ConcurrentHashMap.newKeySet();

  private volatile boolean conditionsHonoured;

  private S3ArchiveStore(Bucket bucket, Duration term) {
    this.bucket = bucket;
    this.leases = new Leases(bucket, term);
  }

  /**
   * The store in a bucket.
   *
   * @param client asks for it, as made by {@link #client()} or in any other way; whoever made it
   *     closes it, after the store
   * @param bucket the bucket's name
   * @param prefix what the keys of all its objects begin with, such as {@code backups/chroma};
   *     empty if the archives are at the top of the bucket
   * @return the store
   */
  public static S3ArchiveStore in(S3Client client, String bucket, String prefix) {
    return in(client, bucket, prefix, TERM);
  }

  /** As if processes that died were known to be dead after another time. */
  static S3ArchiveStore in(S3Client client, String bucket, String prefix, Duration term) {
    String directory = prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
    return new S3ArchiveStore(new Bucket(client, bucket, directory), term);
  }

  /**
   * A client with time limits and retries that suit large objects. Region and credentials are found
   * as usual, in the environment, profiles, and the instance's or container's role.
   *
   * @return to be given what else there is, such as another {@code endpointOverride}, and built
   */
  public static S3ClientBuilder client() {
    return S3Client.builder()
        .httpClientBuilder(
            UrlConnectionHttpClient.builder()
                .connectionTimeout(Duration.ofSeconds(10))
                .socketTimeout(Duration.ofMinutes(1)))
        .overrideConfiguration(
            configuration ->
                configuration
                    .retryStrategy(
                        AwsRetryStrategy.standardRetryStrategy().toBuilder().maxAttempts(5).build())
                    .apiCallAttemptTimeout(Duration.ofMinutes(5))
                    .apiCallTimeout(Duration.ofMinutes(15)));
  }

  @Override
  public String describe() {
    return bucket.describe();
  }

  @Override
  public ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check)
      throws IOException {
    requireLocks();
    requireConditions();
    if (bucket.head(name.toString()).isPresent()) {
      throw new ArchiveExists(name, describe());
    }
    try (Upload upload = Upload.begin(bucket, leases, name)) {
      long size = upload.fill(content);
      upload.readBack(check);
      if (!upload.publish(this::requireLocks)) {
        throw new ArchiveExists(name, describe());
      }
      return new ArchiveInfo(name, size);
    } catch (IOException e) {
      throw normalised(e);
    }
  }

  /**
   * Fails if a lock was lost whose operation goes on: another may have it by now. Asked before
   * anything is published or deleted.
   */
  private void requireLocks() throws StoreUnusable {
    for (Lease lock : locks) {
      lock.requireHeld();
    }
  }

  /** What content and check throw may be an interrupt by another name. */
  private static IOException normalised(IOException e) {
    if (e instanceof ClosedByInterruptException || e instanceof FileLockInterruptionException) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      return interrupted;
    }
    if (e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException)) {
      Thread.currentThread().interrupt();
    }
    return e;
  }

  @Override
  public InputStream open(ArchiveName name) throws IOException {
    Lease reading = join(name);
    try {
      awaitDeletion(name);
      ResponseInputStream<GetObjectResponse> object =
          bucket.get(name.toString()).orElseThrow(() -> new ArchiveNotFound(name, describe()));
      return new ArchiveInput(bucket, object, () -> release(reading));
    } catch (IOException | RuntimeException | Error e) {
      release(reading);
      throw e;
    }
  }

  /** Null where nothing can be written: it is read all the same. */
  private @Nullable Lease join(ArchiveName name) throws IOException {
    try {
      return leases.join(reading(name), Holder.text("read"));
    } catch (StoreUnusable e) {
      log.debug("{} is read without saying so: {}", name, e.toString());
      return null;
    }
  }

  private static void release(@Nullable Lease lease) {
    if (lease != null) {
      lease.close();
    }
  }

  private static String reading(ArchiveName name) {
    return READING + name + "/";
  }

  /** Whoever deletes looks for readers after he said so, and readers look here after they did. */
  private void awaitDeletion(ArchiveName name) throws IOException {
    Optional<String> deleting = leases.holder(DELETING);
    while (deleting.isPresent() && deleting.get().startsWith(name.toString())) {
      sleep(RETRY_MILLIS);
      deleting = leases.holder(DELETING);
    }
  }

  @Override
  public List<ArchiveInfo> list() throws IOException {
    List<ArchiveInfo> archives = new ArrayList<>();
    for (Bucket.Stored object : bucket.list("").objects()) {
      ArchiveName.parse(object.key())
          .ifPresent(name -> archives.add(new ArchiveInfo(name, object.size())));
    }
    archives.sort(Comparator.comparing(ArchiveInfo::name));
    return List.copyOf(archives);
  }

  @Override
  public boolean delete(ArchiveName name) throws IOException {
    requireLocks();
    if (bucket.head(name.toString()).isEmpty()) {
      return false;
    }
    try (Lease deleting = awaitTurn(name)) {
      if (bucket.head(name.toString()).isEmpty()) {
        return false; // somebody else was faster
      }
      if (!leases.living(reading(name)).isEmpty()) {
        throw new ArchiveInUse(name, describe());
      }
      requireLocks();
      deleting.requireHeld();
      bucket.delete(name.toString());
      return true;
    }
  }

  /** One deletes at a time, which does not take long. */
  private Lease awaitTurn(ArchiveName name) throws IOException {
    Optional<Lease> turn = leases.take(DELETING, Holder.text(name + " is deleted"));
    while (turn.isEmpty()) {
      sleep(RETRY_MILLIS);
      turn = leases.take(DELETING, Holder.text(name + " is deleted"));
    }
    return turn.get();
  }

  @Override
  public Lock lock(String purpose) throws IOException {
    requireLocks();
    requireConditions();
    Optional<Lease> lease = leases.take(LOCK, Holder.text(purpose));
    if (lease.isEmpty()) {
      throw new Locked(
          "archive store " + describe(),
          leases.holder(LOCK).orElse("another operation, which has just ended"),
          "a lock dies with its process, %d s later".formatted(leases.term().toSeconds()));
    }
    sweep();
    Lease lock = lease.get();
    locks.add(lock);
    return () -> {
      lock.close();
      locks.remove(lock);
    };
  }

  /** Deletes what dead processes left. That is no reason for an operation to fail. */
  private void sweep() {
    try {
      // in this order: who uploads has said so before
      Bucket.Listing partials = bucket.list(Upload.PARTIAL);
      List<MultipartUpload> uploads = bucket.uploads();
      List<String> writing = leases.living(Upload.WRITING);
      for (Bucket.Stored partial : partials.objects()) {
        if (!writing.contains(partial.key().substring(Upload.PARTIAL.length()))) {
          bucket.delete(partial.key());
        }
      }
      for (MultipartUpload upload : uploads) {
        if (isAbandoned(upload, writing, partials.now())) {
          Multipart.abort(bucket, upload.key(), upload.uploadId());
        }
      }
      leases.sweep(Upload.WRITING);
      leases.sweep(READING);
    } catch (IOException | RuntimeException e) {
      log.warn("what was left in {} was not deleted: {}", describe(), e.toString());
    }
  }

  private boolean isAbandoned(MultipartUpload upload, List<String> writing, Instant now) {
    String key = upload.key().substring(bucket.prefix().length());
    if (key.startsWith(Upload.PARTIAL)) {
      return !writing.contains(key.substring(Upload.PARTIAL.length()));
    }
    // another program may be bringing an archive, and takes its time
    return ArchiveName.parse(key).isPresent()
        && writing.stream().noneMatch(writer -> writer.startsWith(key))
        && upload.initiated().isBefore(now.minus(1, ChronoUnit.DAYS));
  }

  /** A server that ignores conditions would let two writers replace each other's archives. */
  private void requireConditions() throws IOException {
    if (conditionsHonoured) {
      return;
    }
    bucket.put(PROBE, "x");
    boolean replaced = bucket.create(PROBE, "y", Map.of());
    try (Multipart probe = Multipart.begin(bucket, PROBE, Map.of())) {
      probe.send(new byte[1], 1);
      replaced |= probe.completeUnlessPresent();
    }
    if (replaced) {
      throw bucket.unusable(
          "its server replaces objects although it is asked not to (If-None-Match: *). Use another",
          null);
    }
    conditionsHonoured = true;
  }

  static void sleep(long millis) throws InterruptedIOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
