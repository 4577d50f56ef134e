package io.chromabackup;

import java.io.InputStream;
import java.util.Arrays;
import java.util.Collections;

/** What is around the tar. */
final class HostileGzip {
  private final HostileArchives archives;
  private final HostileSample sample = HostileSample.INSTANCE;

  private HostileGzip(HostileArchives archives) {
    this.archives = archives;
  }

  static void addTo(HostileArchives archives) {
    new HostileGzip(archives).add();
  }

  private void add() {
    byte[] tar = sample.ownComplete().bytes();
    byte[] packed = RawTar.gzip(tar);
    byte[] half = RawTar.gzip(Arrays.copyOf(tar, tar.length / 2));
    byte[] rest = RawTar.gzip(Arrays.copyOfRange(tar, tar.length / 2, tar.length));
    archives.harmless("gzip: two members", Bombs.concat(half, rest));
    archives.harmless(
        "gzip: an empty member behind", Bombs.concat(packed, RawTar.gzip(new byte[0])));
    archives.harmless(
        "gzip: padding behind the tar", RawTar.gzip(Bombs.concat(tar, new byte[100_000])));
    archives.harmless("gzip: name, comment and extra field", decorated(packed));
    refused(
        "garbage behind",
        Bombs.concat(packed, "evil".getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
        "damaged");
    refused("zeros behind", Bombs.concat(packed, new byte[512]), "damaged");
    refused("another archive behind", Bombs.concat(packed, packed), "behind its end");
    byte[] garbage = new byte[20_000];
    Arrays.fill(garbage, (byte) 1);
    refused("garbage behind the tar", RawTar.gzip(Bombs.concat(tar, garbage)), "behind its end");
    // a tar is read in records of 10,240 bytes, and what fills the last one is nobody's
    archives.harmless(
        "gzip: a byte behind the tar", RawTar.gzip(Bombs.concat(tar, new byte[] {1})));
    archives.refused(
        "gzip: a name without an end", () -> named(packed), "bytes with nothing in them");
    refused("members with nothing in them", empty(packed), "bytes with nothing in them");
    archives.refused(
        "gzip: our own blocks with nothing in them",
        () -> ownEmpty(packed),
        "there is nothing in it");
    refused("gzip in gzip", RawTar.gzip(packed), "damaged");
    refused("no gzip", tar, "damaged");
    refused("empty", new byte[0], "damaged");
    refused("nothing in it", RawTar.gzip(new byte[0]), "nothing in it");
    refused("wrong checksum", flipped(packed, packed.length - 8), "damaged");
    refused("wrong length", flipped(packed, packed.length - 1), "damaged");
    refused("half of it", half, "to its end");
    archives.harmless("tar: no end", RawTar.gzip(sample.ownComplete().unfinished()));
  }

  private void refused(String how, byte[] archive, String word) {
    archives.refused("gzip: " + how, archive, word);
  }

  private static byte[] flipped(byte[] bytes, int at) {
    byte[] flipped = bytes.clone();
    flipped[at] ^= 1;
    return flipped;
  }

  /** A gigabyte of them, which the decoder would keep. */
  private static InputStream named(byte[] packed) {
    byte[] header = Arrays.copyOf(packed, 10);
    header[3] = 8;
    byte[] letters = new byte[1 << 20];
    Arrays.fill(letters, (byte) 'x');
    return Bombs.concatenated(header, Collections.nCopies(1 << 10, letters));
  }

  private static byte[] empty(byte[] packed) {
    byte[] member = RawTar.gzip(new byte[0]);
    byte[] members = Bombs.repeated(member, BoundedSilence.MAX_SILENT_BYTES / member.length * 2);
    return Bombs.concat(packed, members);
  }

  /** A gigabyte of blocks as our own writer marks them, each of which decodes to nothing. */
  private static InputStream ownEmpty(byte[] packed) {
    byte[] header = Arrays.copyOf(packed, 10);
    Arrays.fill(header, 3, 9, (byte) 0);
    header[9] = -1;
    byte[] stored = {0, 0, 0, -1, -1};
    byte[] marked = {5 << 3, 0, 0, -1, -1};
    byte[] block =
        Bombs.concat(
            Bombs.concat(marked, stored), Bombs.concat(stored, Bombs.concat(stored, stored)));
    byte[] blocks = Bombs.repeated(block, (1 << 20) / block.length);
    return Bombs.concatenated(header, Collections.nCopies(1 << 10, blocks));
  }

  private static byte[] decorated(byte[] packed) {
    byte[] header = Arrays.copyOf(packed, 10);
    header[3] = 4 | 8 | 16;
    byte[] fields = {4, 0, 'e', 'x', 0, 0, '.', '.', '/', 'e', 0, 'h', 'i', 0};
    return Bombs.concat(
        Bombs.concat(header, fields), Arrays.copyOfRange(packed, 10, packed.length));
  }
}
