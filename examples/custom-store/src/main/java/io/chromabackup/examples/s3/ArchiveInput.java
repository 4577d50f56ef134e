package io.chromabackup.examples.s3;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** An object's bytes: all of them, or an error. */
final class ArchiveInput extends FilterInputStream {
  /** Ends what reading needs. */
  @FunctionalInterface
  interface End {
    void reading();
  }

  private final Bucket bucket;
  private final ResponseInputStream<GetObjectResponse> object;
  private final End end;
  private long missing;
  private boolean closed;

  ArchiveInput(Bucket bucket, ResponseInputStream<GetObjectResponse> object, End end) {
    super(object);
    this.bucket = bucket;
    this.object = object;
    this.end = end;
    this.missing = object.response().contentLength();
  }

  @Override
  public int read() throws IOException {
    int read = bucket.send(object::read);
    counted(read < 0 ? -1 : 1);
    return read;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = bucket.send(() -> object.read(bytes, offset, length));
    counted(read);
    return read;
  }

  @Override
  public long skip(long length) throws IOException {
    long skipped = bucket.send(() -> object.skip(length));
    missing -= skipped;
    return skipped;
  }

  private void counted(int read) throws EOFException {
    if (read >= 0) {
      missing -= read;
    } else if (missing > 0) {
      // a connection that breaks looks like the end
      throw new EOFException(
          "%,d bytes of an archive in %s did not come".formatted(missing, bucket.describe()));
    }
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      try {
        if (missing > 0) {
          // or else the rest would be read first
          object.abort();
        }
        Bucket.shielded(object::close);
      } finally {
        end.reading();
      }
    }
  }
}
