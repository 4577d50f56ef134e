package io.chromabackup;

import java.nio.charset.StandardCharsets;

/** Names that lead elsewhere, or that are no names. */
final class HostileNames {
  private final HostileArchives archives;
  private final HostileSample sample = HostileSample.INSTANCE;

  private HostileNames(HostileArchives archives) {
    this.archives = archives;
  }

  static void addTo(HostileArchives archives) {
    new HostileNames(archives).add();
  }

  private void add() {
    named("parent", "../evil", "../evil");
    named("parent below the data", "chroma/../evil", "evil");
    named("parents deep", inSegment("a/../../../../evil"), "evil");
    named("parent at the end", inSegment(".."), "..");
    named("dot in between", inSegment("./evil"), "evil");
    named("empty segment", "chroma//" + sample.segment + "/evil", "evil");
    named("absolute", "/etc/evil", "evil");
    named("absolute twice", "//chroma/evil", "evil");
    named("drive letter", "C:/evil", "evil");
    named("drive letter with backslash", "C:\\evil", "evil");
    named("backslash parent", inSegment("..\\..\\evil"), "evil");
    named("UNC", "\\\\server\\share\\evil", "evil");
    named("device namespace", "\\\\?\\C:\\evil", "evil");
    named("encoded parent", "chroma%2f..%2fevil", "evil");
    named("home", "~/evil", "evil");
    named("newline", inSegment("evil\nOK"), "evil");
    named("control characters", inSegment("evil\u001b[2J"), "evil");
    named("delete character", inSegment("evil\u007f"), "evil");
    named("control characters of Latin-1", inSegment("evil\u009b2J"), "evil");
    archives.refused(
        "name, legacy: 256 letters",
        sample.legacy().gnu(inSegment("evil".repeat(64))).gz(),
        "too long for a file");
    archives.refused(
        "name, legacy: 258 bytes of 86 letters",
        sample
            .legacy()
            .pax("path", inSegment("\u20ac".repeat(86)))
            .entry(new RawTar.Header("x", '0'), new byte[0])
            .gz(),
        "too long for a file");
    named("sibling that begins alike", "chroma2/evil", "evil");
    named("full-width parent", "\uff0e\uff0e/evil", "evil");
    raw("no name", new byte[0], "it has ");
    // read as Latin-1, these are nobody's files in the data directory
    skipped("not UTF-8", "chroma/evil\u00ff\u00fe");
    skipped("overlong UTF-8 parent", "chroma/\u00c0\u00ae\u00c0\u00ae/evil");
    skipped("a stranger's file", "chroma/evil");
    collisions();
  }

  private void skipped(String how, String name) {
    byte[] none = new byte[0];
    RawTar.Header header = new RawTar.Header(bytes(name), '0');
    archives.harmless("name, legacy: " + how, sample.legacy().entry(header, none).gz());
    archives.refused("name, own: " + how, sample.own().entry(header, none).gz(), "evil");
  }

  /** Only archives without a manifest: with one, the manifest lists neither of the two. */
  private void collisions() {
    twice("the same file", "evil", "evil");
    twice("another case", "evil", "EVIL");
    twice("another form of Unicode", "\u00e9vil", "e\u0301vil");
    twice("a dot at the end", "evil", "evil.");
    twice("a space at the end", "evil", "evil ");
    twice("a file below a file", "evil", "evil/evil");
    RawTar other = sample.legacy().file("chroma/Chroma.sqlite3", new byte[0]);
    collision("database in another case", other, "Chroma.sqlite3");
    RawTar file =
        sample.legacy().directory(inSegment("evil/")).file(inSegment("evil"), new byte[0]);
    collision("a file where a directory is", file, "evil");
    RawTar directory = sample.legacy().directory("chroma/chroma.sqlite3/");
    collision("a directory where a file is", directory, "chroma.sqlite3");
    RawTar implied =
        sample.legacy().file(inSegment("evil/b"), new byte[0]).file(inSegment("evil"), new byte[0]);
    collision("a file where directories were implied", implied, "evil");
  }

  private void twice(String how, String one, String other) {
    byte[] none = new byte[0];
    RawTar tar = sample.legacy().file(inSegment(one), none).file(inSegment(other), none);
    collision(how, tar, sample.segment);
  }

  private void collision(String how, RawTar tar, String word) {
    archives.refused("collision: " + how, tar.gz(), word);
  }

  private String inSegment(String name) {
    return "chroma/" + sample.segment + "/" + name;
  }

  private static byte[] bytes(String name) {
    return name.getBytes(StandardCharsets.ISO_8859_1);
  }

  private void named(String how, String name, String word) {
    raw(how, name.getBytes(StandardCharsets.UTF_8), word);
  }

  private void raw(String how, byte[] name, String word) {
    RawTar.Header header = new RawTar.Header(name, '0');
    byte[] none = new byte[0];
    archives.refused("name, legacy: " + how, sample.legacy().entry(header, none).gz(), word);
    archives.refused("name, own: " + how, sample.own().entry(header, none).gz(), word);
  }
}
