package io.chromabackup;

import com.github.luben.zstd.Zstd;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;

/** The same in frames of Zstandard (RFC 8878). */
final class HostileZstandard {
  private static final int SKIPPED = 0x184d2a53;

  private final HostileArchives archives;
  private final HostileSample sample = HostileSample.INSTANCE;

  private HostileZstandard(HostileArchives archives) {
    this.archives = archives;
  }

  static void addTo(HostileArchives archives) {
    new HostileZstandard(archives).add();
  }

  private void add() {
    byte[] tar = sample.ownComplete().bytes();
    byte[] packed = Zstd.compress(tar);
    byte[] half = Zstd.compress(Arrays.copyOf(tar, tar.length / 2));
    byte[] rest = Zstd.compress(Arrays.copyOfRange(tar, tar.length / 2, tar.length));
    byte[] nothing = Zstd.compress(new byte[0]);
    archives.harmless("zstd: two frames", Bombs.concat(half, rest));
    archives.harmless("zstd: an empty frame before", Bombs.concat(nothing, packed));
    archives.harmless("zstd: a skipped frame before", Bombs.concat(skipped(1000), packed));
    archives.harmless(
        "zstd: a skipped frame between", Bombs.concat(half, Bombs.concat(skipped(9), rest)));
    archives.refused(
        "zstd: frames with nothing in them",
        () -> endless(packed, nothing),
        "bytes with nothing in them");
    archives.refused(
        "zstd: skipped frames without an end",
        () -> endless(skipped(0), skipped(100)),
        "bytes with nothing in them");
    archives.refused(
        "zstd: a skipped frame of four gigabytes",
        () -> Bombs.concatenated(skipped(-1), Collections.nCopies(4096, new byte[1 << 20])),
        "bytes with nothing in them");
    archives.refused("zstd: half of it", half, "to its end");
    archives.refused("zstd: cut", Arrays.copyOf(packed, packed.length - 1), "damaged");
    archives.refused(
        "zstd: garbage behind", Bombs.concat(packed, new byte[] {1, 2, 3, 4}), "damaged");
    archives.refused(
        "zstd: another archive behind", Bombs.concat(packed, packed), "behind its end");
    archives.refused("zstd: zstd in zstd", Zstd.compress(packed), "damaged");
    archives.refused("zstd: gzip behind", Bombs.concat(half, RawTar.gzip(rest)), "damaged");
    archives.refused("zstd: nothing in it", nothing, "nothing in it");
  }

  /** A frame that holds so many bytes of nobody's, or says that it does if there are fewer. */
  private static byte[] skipped(int size) {
    return ByteBuffer.allocate(8 + Math.max(size, 0))
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(SKIPPED)
        .putInt(size)
        .array();
  }

  /** A gigabyte of the same frame. */
  private static InputStream endless(byte[] first, byte[] frame) {
    byte[] frames = Bombs.repeated(frame, (1 << 20) / frame.length);
    return Bombs.concatenated(first, Collections.nCopies(1 << 10, frames));
  }
}
