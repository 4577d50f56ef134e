package io.chromabackup.examples.s3;

import io.chromabackup.ArchiveName;
import io.chromabackup.ContentCheck;
import io.chromabackup.ContentWriter;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * An archive on its way into the store: uploaded under a hidden key and read back from there; then
 * the server copies it to its own key, or it is gone.
 */
final class Upload implements Closeable {
  static final String PARTIAL = S3ArchiveStore.OURS + "partial/";
  static final String WRITING = S3ArchiveStore.OURS + "writing/";

  private static final Logger log = LoggerFactory.getLogger(Upload.class);
  private static final String UPLOAD = "chromabackup-upload";
  private static final int PART = 16 << 20;
  private static final long COPIED_PART = 128L << 20;
  private static final int TRIES = 5;
  private static final long RETRY_MILLIS = 200;

  private final Bucket bucket;
  private final String archive;
  private final Lease writing;
  private final String partial;
  private long size;
  private boolean published;

  private Upload(Bucket bucket, String archive, Lease writing) {
    this.bucket = bucket;
    this.archive = archive;
    this.writing = writing;
    this.partial = PARTIAL + archive + "/" + writing.name();
  }

  static Upload begin(Bucket bucket, Leases leases, ArchiveName name) throws IOException {
    // first of all: what has no living writer is swept
    return new Upload(bucket, name.toString(), leases.join(WRITING + name + "/", Holder.text("")));
  }

  /** Uploads the content. Returns its length. */
  long fill(ContentWriter content) throws IOException {
    try (Multipart upload = Multipart.begin(bucket, partial, Map.of())) {
      Parts parts = new Parts(upload);
      content.writeTo(parts);
      size = parts.finish();
      complete(upload);
    }
    return size;
  }

  /** It may be only the answer that is lost; asked once more, the server knows no such upload. */
  private void complete(Multipart upload) throws IOException {
    try {
      upload.complete();
    } catch (IOException | RuntimeException e) {
      if (!isThereAfter(e)) {
        throw e;
      }
    }
  }

  /** No other writer has this key. What is there is read back in any case. */
  private boolean isThereAfter(Exception failure) {
    try {
      return bucket.head(partial).filter(there -> there.contentLength() == size).isPresent();
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
      return false;
    }
  }

  /** Has the content read as the server gives it back. */
  void readBack(ContentCheck check) throws IOException {
    ResponseInputStream<GetObjectResponse> stored =
        bucket
            .get(partial)
            .orElseThrow(() -> new IOException(bucket.describe() + partial + " has vanished"));
    try (InputStream in = new BufferedInputStream(new ArchiveInput(bucket, stored, () -> {}))) {
      if (stored.response().contentLength() != size) {
        throw new IOException(
            "%s has %,d bytes of %s, not %,d"
                .formatted(bucket.describe(), stored.response().contentLength(), partial, size));
      }
      check.readFrom(in);
    }
  }

  /**
   * Gives the archive its name unless another has it. Returns whether it did.
   *
   * @param permission is asked for right before
   */
  boolean publish(Bucket.Work permission) throws IOException {
    for (int tries = TRIES; tries > 0; tries--) {
      if (isCopied(permission)) {
        published = true;
        return true;
      }
      if (bucket.head(archive).isPresent()) {
        return false;
      }
      // another was at it and has failed, or its archive is deleted again
      S3ArchiveStore.sleep(RETRY_MILLIS);
    }
    throw new IOException(bucket.describe() + archive + " is contended for. Try again");
  }

  private boolean isCopied(Bucket.Work permission) throws IOException {
    try {
      return copy(permission) || isOurs();
    } catch (IOException | RuntimeException e) {
      // it may be only the answer that was lost
      if (isOursAfter(e)) {
        return true;
      }
      throw e;
    }
  }

  private boolean copy(Bucket.Work permission) throws IOException {
    Map<String, String> mark = Map.of(UPLOAD, writing.name());
    if (size == 0) {
      // there is nothing to copy parts of
      permission.run();
      return bucket.create(archive, "", mark);
    }
    // unlike the copy of an object, that of its parts may be of any size, and conditional
    try (Multipart copy = Multipart.begin(bucket, archive, mark)) {
      for (long first = 0; first < size; first += COPIED_PART) {
        copy.copy(partial, first, Math.min(first + COPIED_PART, size) - 1);
      }
      permission.run();
      return copy.completeUnlessPresent();
    }
  }

  private boolean isOurs() throws IOException {
    Optional<HeadObjectResponse> there = bucket.head(archive);
    return there.isPresent() && writing.name().equals(there.get().metadata().get(UPLOAD));
  }

  private boolean isOursAfter(Exception failure) {
    boolean[] ours = new boolean[1];
    try {
      Bucket.shielded(() -> ours[0] = isOurs());
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
    return ours[0];
  }

  /** Deletes what was uploaded; the archive, if it is one by now, is the server's own copy. */
  @Override
  public void close() throws IOException {
    try (writing) {
      Bucket.shielded(() -> bucket.delete(partial));
    } catch (IOException | RuntimeException e) {
      if (!published) {
        throw e;
      }
      log.warn("{} is left over, a later backup will delete it: {}", partial, e.toString());
    }
  }

  /** Collects a part, and sends it when it is full: the length need not be known. */
  private static final class Parts extends OutputStream {
    private final Multipart upload;
    private final byte[] part = new byte[PART];
    private int filled;
    private long sent;
    private boolean finished;
    private boolean broken;

    Parts(Multipart upload) {
      this.upload = upload;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      if (finished) {
        throw new IOException("the archive is complete");
      }
      for (int done = 0; done < length; ) {
        if (filled == PART) {
          send();
        }
        int more = Math.min(length - done, PART - filled);
        System.arraycopy(bytes, offset + done, part, filled, more);
        filled += more;
        done += more;
      }
    }

    private void send() throws IOException {
      boolean brokenBefore = broken;
      broken = true;
      upload.send(part, filled);
      broken = brokenBefore;
      sent += filled;
      filled = 0;
    }

    /** Sends the last part. Returns how much was written. */
    long finish() throws IOException {
      finished = true;
      if (broken) {
        throw new IOException("a part was not stored, and its writer went on all the same");
      }
      if (filled > 0 || sent == 0) {
        send();
      }
      return sent;
    }
  }
}
