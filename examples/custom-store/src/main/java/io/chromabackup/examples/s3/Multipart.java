package io.chromabackup.examples.s3;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyPartResult;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** An object that comes in parts. Nothing of it is seen before it is complete. */
final class Multipart implements Closeable {
  /** More, no server takes. */
  static final int MOST_PARTS = 10_000;

  private final Bucket bucket;
  private final String key;
  private final String id;
  private final List<CompletedPart> parts = new ArrayList<>();
  private boolean complete;

  private Multipart(Bucket bucket, String key, String id) {
    this.bucket = bucket;
    this.key = key;
    this.id = id;
  }

  static Multipart begin(Bucket bucket, String key, Map<String, String> metadata)
      throws IOException {
    String id =
        bucket
            .send(
                () ->
                    bucket
                        .client()
                        .createMultipartUpload(
                            request ->
                                request
                                    .bucket(bucket.name())
                                    .key(bucket.fullKey(key))
                                    .contentType("application/octet-stream")
                                    .metadata(metadata)))
            .uploadId();
    return new Multipart(bucket, key, id);
  }

  /** Sends the next part: the first {@code length} bytes, which may change once this returns. */
  void send(byte[] bytes, int length) throws IOException {
    int number = nextNumber();
    RequestBody body =
        RequestBody.fromContentProvider(
            ContentStreamProvider.fromInputStreamSupplier(
                () -> new ByteArrayInputStream(bytes, 0, length)),
            length,
            "application/octet-stream");
    UploadPartResponse sent =
        bucket.send(
            () ->
                bucket
                    .client()
                    .uploadPart(
                        request ->
                            request
                                .bucket(bucket.name())
                                .key(bucket.fullKey(key))
                                .uploadId(id)
                                .partNumber(number),
                        body));
    add(number, sent.eTag(), sent.checksumCRC32());
  }

  /** Has the server copy the next part from another object: bytes {@code first} to {@code last}. */
  void copy(String from, long first, long last) throws IOException {
    int number = nextNumber();
    CopyPartResult copied =
        bucket
            .send(
                () ->
                    bucket
                        .client()
                        .uploadPartCopy(
                            request ->
                                request
                                    .sourceBucket(bucket.name())
                                    .sourceKey(bucket.fullKey(from))
                                    .copySourceRange("bytes=" + first + "-" + last)
                                    .destinationBucket(bucket.name())
                                    .destinationKey(bucket.fullKey(key))
                                    .uploadId(id)
                                    .partNumber(number)))
            .copyPartResult();
    add(number, copied.eTag(), copied.checksumCRC32());
  }

  private int nextNumber() throws IOException {
    if (parts.size() == MOST_PARTS) {
      throw new IOException(
          "an object in %s has %,d parts at most. Store less"
              .formatted(bucket.describe(), MOST_PARTS));
    }
    return parts.size() + 1;
  }

  private void add(int number, String eTag, @Nullable String crc32) {
    parts.add(CompletedPart.builder().partNumber(number).eTag(eTag).checksumCRC32(crc32).build());
  }

  /** Makes the object, in place of one that there is. */
  void complete() throws IOException {
    if (!completeIf(null)) {
      throw new IOException("%s%s is contended for".formatted(bucket.describe(), key));
    }
  }

  /** Makes the object unless there is one. Returns whether it did. */
  boolean completeUnlessPresent() throws IOException {
    return completeIf("*");
  }

  private boolean completeIf(@Nullable String noneMatches) throws IOException {
    complete =
        bucket.accepted(
            () ->
                bucket
                    .client()
                    .completeMultipartUpload(
                        request ->
                            request
                                .bucket(bucket.name())
                                .key(bucket.fullKey(key))
                                .uploadId(id)
                                .ifNoneMatch(noneMatches)
                                .multipartUpload(upload -> upload.parts(parts))));
    return complete;
  }

  /** Gives up what is not complete. */
  @Override
  public void close() throws IOException {
    if (!complete) {
      abort(bucket, bucket.fullKey(key), id);
    }
  }

  static void abort(Bucket bucket, String fullKey, String id) throws IOException {
    Bucket.shielded(
        () ->
            bucket.found(
                () ->
                    bucket
                        .client()
                        .abortMultipartUpload(
                            request -> request.bucket(bucket.name()).key(fullKey).uploadId(id))));
  }
}
