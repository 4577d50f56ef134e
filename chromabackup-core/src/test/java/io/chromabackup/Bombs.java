package io.chromabackup;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Small archives of which a lot comes out; they are made while they are read. */
final class Bombs {
  private static final int MEMBER = 8 << 20;

  private final HostileArchives archives;
  private final HostileSample sample = HostileSample.INSTANCE;

  private Bombs(HostileArchives archives) {
    this.archives = archives;
  }

  static void addTo(HostileArchives archives) {
    new Bombs(archives).add();
  }

  /** Not in the catalogue, for it would take all of the disk but a reserve. */
  static HostileArchives.Hostile withoutManifest() {
    HostileSample sample = HostileSample.INSTANCE;
    RawTar.Header evil = new RawTar.Header("chroma/" + sample.segment + "/evil", '0');
    byte[] start = sample.legacy().raw(evil.size(1L << 30).bytes()).unfinished();
    return new HostileArchives.Hostile(
        "bomb: in an index, legacy", () -> after(start, (byte) 'x'), "evil");
  }

  static byte[] concat(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  static byte[] repeated(byte[] piece, int times) {
    byte[] all = new byte[piece.length * times];
    for (int at = 0; at < all.length; at += piece.length) {
      System.arraycopy(piece, 0, all, at, piece.length);
    }
    return all;
  }

  private static InputStream zerosAfter(byte[] start) {
    return after(start, (byte) 0);
  }

  /** A gigabyte of one byte, in a few members. */
  private static InputStream after(byte[] start, byte what) {
    byte[] bytes = new byte[MEMBER];
    Arrays.fill(bytes, what);
    byte[] member = RawTar.gzip(bytes);
    return concatenated(RawTar.gzip(start), Collections.nCopies((1 << 30) / MEMBER, member));
  }

  private void add() {
    bomb("manifest of a gigabyte", new RawTar(), ArchiveLayout.MANIFEST, "chromabackup.json");
    bomb("checksums of a gigabyte", sample.own(), ArchiveLayout.CHECKSUMS, "SHA256SUMS");
    bomb("in an index, own", sample.own(), "chroma/" + sample.segment + "/evil", "evil");
    bomb("for a database, own", new RawTar(), "chroma/chroma.sqlite3", "chroma.sqlite3");
    bomb("GNU name of a gigabyte", 'L', sample.legacy(), "././@LongLink", "what follows chroma/");
    bomb("PAX header of a gigabyte", 'x', sample.legacy(), "pax", "what follows chroma/");
    bomb("global PAX header of a gigabyte", 'g', sample.legacy(), "pax", "what follows chroma/");
    for (char kind : new char[] {'0', '5'}) {
      archives.refused("bomb: a million entries of kind " + kind, () -> million(kind), "too many");
    }
  }

  private void bomb(String how, RawTar before, String name, String word) {
    bomb(how, '0', before, name, word);
  }

  private void bomb(String how, char type, RawTar before, String name, String word) {
    byte[] start = before.raw(new RawTar.Header(name, type).size(1L << 30).bytes()).unfinished();
    archives.refused("bomb: " + how, () -> zerosAfter(start), word);
  }

  static InputStream concatenated(byte[] first, List<byte[]> others) {
    return new SequenceInputStream(
        new ByteArrayInputStream(first),
        new SequenceInputStream(
            Collections.enumeration(others.stream().map(ByteArrayInputStream::new).toList())));
  }

  private InputStream million(char kind) {
    return new InputStream() {
      private int made;
      private InputStream member = new ByteArrayInputStream(sample.legacy().gzUnfinished());

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        int n = member.read(buffer, offset, length);
        if (n >= 0 || made >= 1_000_000) {
          return n;
        }
        RawTar next = new RawTar();
        for (int i = 0; i < 1000; i++) {
          String name = "chroma/" + (kind == '5' ? "" : "notes/") + made++;
          next.entry(new RawTar.Header(name + (kind == '5' ? "/" : ""), kind), new byte[0]);
        }
        member = new ByteArrayInputStream(next.gzUnfinished());
        return member.read(buffer, offset, length);
      }
    };
  }
}
