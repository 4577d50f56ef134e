package io.chromabackup;

import java.nio.charset.StandardCharsets;

/** Headers whose numbers, names or attributes cannot be. */
final class HostileHeaders {
  private static final byte[] NONE = new byte[0];

  private final HostileArchives archives;
  private final HostileSample sample = HostileSample.INSTANCE;
  private final String evil = "chroma/" + sample.segment + "/evil";

  private HostileHeaders(HostileArchives archives) {
    this.archives = archives;
  }

  static void addTo(HostileArchives archives) {
    HostileHeaders headers = new HostileHeaders(archives);
    headers.addNumbers();
    headers.addLongNames();
    headers.addPax();
  }

  private RawTar.Header file() {
    return new RawTar.Header(evil, '0');
  }

  private void refused(String how, RawTar tar, String word) {
    archives.refused("header: " + how, tar.gz(), word);
  }

  private RawTar good() {
    return sample.legacy();
  }

  private void addNumbers() {
    refused("huge size, octal", good().entry(file().size(0777_7777_7777L), NONE), "evil");
    refused("huge size, binary", good().entry(file().binarySize(Long.MAX_VALUE), NONE), "evil");
    refused("negative size", good().entry(file().binarySize(-512), NONE), "what follows chroma/");
    refused("size of no number", good().entry(file().text(124, "size?"), NONE), "what follows");
    refused("wrong checksum", good().raw(file().withWrongChecksum()), "evil");
    refused(
        "no header at all",
        good().raw("garbage!".repeat(64).getBytes(StandardCharsets.US_ASCII)),
        "what follows");
    RawTar modes = new RawTar();
    sample.files.forEach(
        (path, bytes) ->
            modes.entry(
                new RawTar.Header("chroma/" + path, '0').size(bytes.length).mode(07777).owner(0),
                bytes));
    archives.harmless("header: setuid, for all to write, of root", modes.gz());
  }

  private void addLongNames() {
    refused("GNU name of a megabyte", longName('L', 1 << 20), "what follows chroma/");
    refused("GNU link of a megabyte", longName('K', 1 << 20), "what follows chroma/");
    RawTar.Header claims = new RawTar.Header("././@LongLink", 'L').binarySize(8L << 30);
    refused("GNU name of claimed gigabytes", good().entry(claims, NONE), "what follows");
    refused("GNU name of a parent", gnuName("../evil").entry(file(), NONE), "evil");
    refused("PAX path of a megabyte", good().pax("path", "x".repeat(1 << 20)), "what follows");
    refused("GNU name with a NUL", gnuName("../evil\0x").entry(file(), NONE), "evil");
    for (int levels : new int[] {2000, 10_000}) {
      refused(
          "path of %d levels".formatted(levels),
          gnuName("chroma/" + "d/".repeat(levels) + "x").entry(file(), NONE),
          "too long");
    }
  }

  private RawTar longName(char type, int length) {
    byte[] name = "x".repeat(length).getBytes(StandardCharsets.US_ASCII);
    return good().entry(new RawTar.Header("././@LongLink", type).size(length), name);
  }

  private RawTar gnuName(String name) {
    byte[] text = (name + "\0").getBytes(StandardCharsets.US_ASCII);
    return good().entry(new RawTar.Header("././@LongLink", 'L').size(text.length), text);
  }

  private void addPax() {
    pax("path to a parent", "path", "../../evil", "evil");
    pax("absolute path", "path", "/evil", "evil");
    pax("path with a newline", "path", "chroma/chroma.sqlite3\nevil", "evil");
    pax("path with a NUL", "path", evil + "\0/../../..", "evil");
    pax("path with a byte order mark", "path", "\ufeff/evil", "evil");
    pax("huge size", "size", "9223372036854775807", "evil");
    pax("negative size", "size", "-1", "what follows chroma/");
    pax("size of no number", "size", "evil", "what follows chroma/");
    pax("size beyond all numbers", "size", "9".repeat(40), "what follows chroma/");
    pax("negative owner", "uid", "-5", "evil");
    pax("owner of no number", "uid", "root", "what follows chroma/");
    pax("time of no number", "mtime", "soon", "what follows chroma/");
    pax("time beyond all times", "mtime", "1e999999999", "what follows chroma/");
    pax("sparse 0.0", "GNU.sparse.size", "1099511627776", "what follows");
    pax("sparse 0.1", "GNU.sparse.map", "0,1,1099511627776,1", "what follows");
    refused(
        "PAX: sparse 1.0",
        good()
            .pax(
                'x',
                RawTar.record("GNU.sparse.major", "1")
                    + RawTar.record("GNU.sparse.minor", "0")
                    + RawTar.record("GNU.sparse.name", "../evil")
                    + RawTar.record("GNU.sparse.realsize", "1099511627776"))
            .entry(file().size(512), "1\n0\n1\n".getBytes(StandardCharsets.US_ASCII)),
        "what follows");
    refused(
        "PAX: a record that claims gigabytes",
        good().pax('x', "8589934592 path=x\n").entry(file(), NONE),
        "what follows");
    refused(
        "PAX: records without a length",
        good().pax('x', "path=../evil\n").entry(file(), NONE),
        "what follows");
    RawTar.Header claims = new RawTar.Header("pax", 'x').binarySize(8L << 30);
    refused("PAX: a header that claims gigabytes", good().entry(claims, NONE), "what follows");
    refused(
        "PAX: a global path to a parent",
        good().pax('g', "path", "../evil").entry(file(), NONE),
        "evil");
    RawTar chain = good();
    for (int i = 0; i < 5000; i++) {
      chain.pax('g', "comment", "again");
    }
    refused("PAX: thousands of global headers", chain, "what follows chroma/");
    RawTar comment = new RawTar().pax('g', "comment", "hello");
    archives.harmless("header: PAX: a global comment", comment.raw(good().unfinished()).gz());
  }

  private void pax(String how, String key, String value, String word) {
    refused("PAX: " + how, good().pax(key, value).entry(file(), NONE), word);
  }
}
