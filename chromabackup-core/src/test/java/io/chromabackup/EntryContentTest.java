package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EntryContentTest {
  private final HashingThread hashing = new HashingThread();

  @AfterEach
  void endHashing() {
    hashing.close();
  }

  private static final byte[] THREE = {0, (byte) 255, 7};

  private EntryContent of(byte[] bytes, long size) {
    return new EntryContent(new ByteArrayInputStream(bytes), size, hashing.new Digest());
  }

  @Test
  void itEndsWithTheEntryThoughThereIsMoreBehindIt() throws IOException {
    InputStream behind = new ByteArrayInputStream(THREE);
    EntryContent content = new EntryContent(behind, 2, hashing.new Digest());

    assertThat(content.read()).isZero();
    assertThat(content.read()).isEqualTo(255);
    assertThat(content.read()).isEqualTo(-1);
    assertThat(content.read(new byte[5], 0, 5)).isEqualTo(-1);
    assertThat(behind.read()).isEqualTo(7);
  }

  @Test
  void whatTheSinkLeavesIsReadForTheDigest() throws IOException {
    EntryContent content = of(THREE, 3);
    assertThat(content.read()).isZero();

    assertThat(content.finish()).isEqualTo(Digests.of(THREE));
    assertThat(content.failed()).isFalse();
  }

  @Test
  void anEndBeforeItsEndIsAFailureOfTheArchive() {
    EntryContent content = of(THREE, 4);

    assertThatThrownBy(content::finish).isInstanceOf(EOFException.class);
    assertThat(content.failed()).isTrue();
  }

  @Test
  void anInterruptEndsTheReadingOfWhatIsLeft() {
    EntryContent content = of(THREE, 3);
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(content::finish).isInstanceOf(InterruptedIOException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(content.failed()).isFalse();
  }
}
