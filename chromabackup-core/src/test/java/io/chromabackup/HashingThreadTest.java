package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HashingThreadTest {
  private final HashingThread hashing = new HashingThread();

  @AfterEach
  void end() {
    hashing.close();
  }

  @Test
  void aDigestIsThatOfAllItTookHoweverItWasGivenIt() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    byte[] buffer = new byte[300_000];
    for (int size : new int[] {0, 1, 65_535, 65_536, 65_537, 1_000_000, 5_000_000}) {
      byte[] content = new byte[size];
      random.nextBytes(content);
      HashingThread.Digest digest = hashing.new Digest();
      for (int at = 0; at < size; ) {
        int count = Math.min(size - at, 1 + random.nextInt(buffer.length));
        System.arraycopy(content, at, buffer, 0, count);
        digest.update(buffer, 0, count);
        Arrays.fill(buffer, (byte) 0); // it is the caller's again
        at += count;
      }
      assertThat(digest.hex()).as("%d bytes", size).isEqualTo(Digests.of(content));
    }
  }

  @Test
  void whatWasNotAskedForDoesNotHinderWhatFollows() throws IOException {
    byte[] some = new byte[70_000];
    for (int i = 0; i < 50; i++) {
      hashing.new Digest().update(some, 0, some.length);
      assertThat(hashing.new Digest().hex()).isEqualTo(Digests.of(new byte[0]));
    }
    HashingThread.Digest digest = hashing.new Digest();
    digest.update(some, 0, 10);

    assertThat(digest.hex()).isEqualTo(Digests.of(new byte[10]));
  }

  @Test
  void anInterruptEndsTheWait() throws IOException {
    HashingThread.Digest digest = hashing.new Digest();
    digest.update(new byte[10], 0, 10);
    Thread.currentThread().interrupt();

    assertThatThrownBy(digest::hex).isInstanceOf(InterruptedIOException.class);

    assertThat(Thread.interrupted()).isTrue();
  }
}
