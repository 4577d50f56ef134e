package io.chromabackup.examples.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ArchiveName;
import io.chromabackup.testkit.Effort;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;

/** Archives larger than the heap of 64 megabytes; in the long run, of a gigabyte. */
class SmallHeapIT {
  private static final int MEGABYTES = Effort.of(128, 1024);

  @Test
  void anArchiveThatIsMuchLargerThanTheHeapIsStoredCheckedAndRead() throws Exception {
    S3Server server = S3Server.shared();
    String bucket = server.newBucket();
    try (OtherProcess small =
        OtherProcess.start(
            List.of("-Xmx64m"), Everything.class, server, bucket, String.valueOf(MEGABYTES))) {
      String output = small.output();
      System.out.print(output);
      assertThat(output)
          .contains("stored and checked " + MEGABYTES + " MB")
          .contains("read " + MEGABYTES + " MB");
    }
  }

  /** Run in a process of its own. */
  static final class Everything {
    private static final ArchiveName NAME =
        ArchiveName.parse("chromadb_backup_20261122_193900.tar.gz").orElseThrow();

    public static void main(String[] args) throws IOException {
      int megabytes = Integer.parseInt(args[2]);
      try (S3Client client = S3Server.client(URI.create(args[0]), S3Server.SECRET)) {
        S3ArchiveStore store = S3ArchiveStore.in(client, args[1], "");
        long start = System.nanoTime();
        store.write(NAME, out -> generate(megabytes, out), in -> compare(megabytes, in));
        say("stored and checked", megabytes, start);
        start = System.nanoTime();
        try (InputStream in = store.open(NAME)) {
          compare(megabytes, in);
        }
        say("read", megabytes, start);
        store.delete(NAME);
      }
    }

    private static void say(String what, int megabytes, long start) {
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      System.out.printf("%s %d MB in %.1f s%n", what, megabytes, millis / 1000.0);
    }

    private static void generate(int megabytes, OutputStream out) throws IOException {
      SplittableRandom random = new SplittableRandom(megabytes);
      for (int i = 0; i < megabytes; i++) {
        out.write(megabyte(random));
      }
    }

    private static void compare(int megabytes, InputStream in) throws IOException {
      SplittableRandom random = new SplittableRandom(megabytes);
      for (int i = 0; i < megabytes; i++) {
        if (!ByteBuffer.wrap(in.readNBytes(1 << 20)).equals(ByteBuffer.wrap(megabyte(random)))) {
          throw new IOException("megabyte " + i + " is not what was stored");
        }
      }
      if (in.read() >= 0) {
        throw new IOException("there is more than was stored");
      }
    }

    private static byte[] megabyte(SplittableRandom random) {
      byte[] bytes = new byte[1 << 20];
      random.nextBytes(bytes);
      return bytes;
    }
  }
}
