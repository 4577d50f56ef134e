package io.chromabackup.examples.s3;

import io.chromabackup.ChromaBackupException.NoSpace;
import io.chromabackup.ChromaBackupException.StoreUnusable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The part of a bucket below a prefix, and how its refusals are told. Keys are without the prefix.
 *
 * @param client asks for it
 * @param name the bucket's name
 * @param prefix empty, or ends with a slash
 */
record Bucket(S3Client client, String name, String prefix) {
  private static final String ANYTHING = "*";
  private static final String ARCHIVE_TYPE = "application/octet-stream";

  /** A request. */
  @FunctionalInterface
  interface Request<T extends @Nullable Object> {
    T send() throws IOException;
  }

  /** Something that must be done. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException;
  }

  /**
   * What there is.
   *
   * @param now by the server's clock, which also says when an object was modified
   * @param objects sorted by key
   */
  record Listing(Instant now, List<Stored> objects) {}

  /** An object. */
  record Stored(String key, Instant modified, long size) {}

  String describe() {
    return "s3://" + name + "/" + prefix;
  }

  String fullKey(String key) {
    return prefix + key;
  }

  /** Lists what is directly below the prefix, or everything below one of our directories. */
  Listing list(String directory) throws IOException {
    List<Stored> objects = new ArrayList<>();
    String delimiter = directory.isEmpty() ? "/" : null;
    ListObjectsV2Response page = page(directory, delimiter, null);
    Instant now = date(page);
    add(page, objects);
    while (Boolean.TRUE.equals(page.isTruncated())) {
      page = page(directory, delimiter, page.nextContinuationToken());
      add(page, objects);
    }
    return new Listing(now, objects);
  }

  private ListObjectsV2Response page(
      String directory, @Nullable String delimiter, @Nullable String continuation)
      throws IOException {
    return send(
        () ->
            client.listObjectsV2(
                request ->
                    request
                        .bucket(name)
                        .prefix(fullKey(directory))
                        .delimiter(delimiter)
                        .continuationToken(continuation)));
  }

  private void add(ListObjectsV2Response page, List<Stored> objects) {
    for (S3Object object : page.contents()) {
      String key = object.key().substring(prefix.length());
      objects.add(new Stored(key, object.lastModified(), object.size()));
    }
  }

  private Instant date(ListObjectsV2Response response) throws IOException {
    String date =
        response
            .sdkHttpResponse()
            .firstMatchingHeader("Date")
            .orElseThrow(() -> unusable("its server does not tell the time. Use another", null));
    return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
  }

  /** Lists the multipart uploads that are under way, or were. */
  List<MultipartUpload> uploads() throws IOException {
    return send(
        () ->
            client
                .listMultipartUploadsPaginator(request -> request.bucket(name).prefix(prefix))
                .uploads()
                .stream()
                .toList());
  }

  Optional<HeadObjectResponse> head(String key) throws IOException {
    return found(() -> client.headObject(request -> request.bucket(name).key(fullKey(key))));
  }

  Optional<ResponseInputStream<GetObjectResponse>> get(String key) throws IOException {
    return found(() -> client.getObject(request -> request.bucket(name).key(fullKey(key))));
  }

  /** A small object's text; empty if there is none. */
  String text(String key) throws IOException {
    Optional<ResponseInputStream<GetObjectResponse>> object = get(key);
    if (object.isEmpty()) {
      return "";
    }
    try (InputStream in = object.get()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  void put(String key, String text) throws IOException {
    send(
        () ->
            client.putObject(
                request -> request.bucket(name).key(fullKey(key)), RequestBody.fromString(text)));
  }

  /** Stores an object unless there is one. Returns whether it did. */
  boolean create(String key, String text, Map<String, String> metadata) throws IOException {
    return accepted(
        () ->
            client.putObject(
                request ->
                    request
                        .bucket(name)
                        .key(fullKey(key))
                        .ifNoneMatch(ANYTHING)
                        .contentType(ARCHIVE_TYPE)
                        .metadata(metadata),
                RequestBody.fromString(text)));
  }

  void delete(String key) throws IOException {
    send(() -> client.deleteObject(request -> request.bucket(name).key(fullKey(key))));
  }

  <T> T send(Request<T> request) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted");
    }
    try {
      return request.send();
    } catch (SdkException e) {
      throw failure(e);
    }
  }

  /** Empty if what was asked for is not there. */
  <T> Optional<T> found(Request<T> request) throws IOException {
    return send(
        () -> {
          try {
            return Optional.of(request.send());
          } catch (S3Exception e) {
            if (e.statusCode() == 404 && !code(e).equals("NoSuchBucket")) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  /** Whether a conditional request was not refused for its condition. */
  <T> boolean accepted(Request<T> request) throws IOException {
    return send(
        () -> {
          try {
            request.send();
            return true;
          } catch (S3Exception e) {
            // 409: another request for the same key is under way
            if (e.statusCode() == 412 || e.statusCode() == 409) {
              return false;
            }
            throw e;
          }
        });
  }

  /**
   * Does {@code work} to its end, also in a thread that was interrupted: on another one, since the
   * client refuses to work for such a thread.
   */
  static void shielded(Work work) throws IOException {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
                done.complete(null);
              } catch (Throwable e) {
                done.completeExceptionally(e);
              }
            },
            Thread.currentThread().getName() + " (shielded)");
    thread.setDaemon(true);
    thread.start();
    try {
      done.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private IOException failure(SdkException e) {
    if (e instanceof AbortedException || Thread.currentThread().isInterrupted()) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      return interrupted;
    }
    if (e instanceof S3Exception refusal) {
      return refusal(refusal);
    }
    return new IOException(describe() + " could not be asked: " + e.getMessage(), e);
  }

  private IOException refusal(S3Exception e) {
    if (code(e).equals("NoSuchBucket")) {
      return unusable("there is no such bucket. Create it, or name another", e);
    }
    return switch (e.statusCode()) {
      case 401, 403 -> unusable("access is denied (%s). Give credentials that may do this", e);
      case 301, 307 -> unusable("it is elsewhere (%s). Give the client its region or endpoint", e);
      case 501 -> unusable("its server cannot do what a store needs (%s). Use another", e);
      case 507 -> new NoSpace("archive store " + describe(), e);
      default -> new IOException(describe() + ": " + e.getMessage(), e);
    };
  }

  StoreUnusable unusable(String problem, @Nullable SdkException e) {
    String told = e instanceof S3Exception refusal ? problem.formatted(code(refusal)) : problem;
    return new StoreUnusable(describe(), told, e);
  }

  private static String code(S3Exception e) {
    String code = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
    return code == null ? String.valueOf(e.statusCode()) : code;
  }
}
