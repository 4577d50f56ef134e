package io.chromabackup;

/** Entries that are neither files nor directories, and what is written through them. */
final class HostileKinds {
  private final HostileArchives archives;
  private final HostileSample sample = HostileSample.INSTANCE;

  private HostileKinds(HostileArchives archives) {
    this.archives = archives;
  }

  static void addTo(HostileArchives archives) {
    new HostileKinds(archives).add();
  }

  private void add() {
    linked("absolute symlink", '2', "/etc/passwd");
    linked("symlink to a parent", '2', "../../..");
    linked("symlink within", '2', "chroma.sqlite3");
    linked("absolute hardlink", '1', "/etc/passwd");
    linked("hardlink to a parent", '1', "../canary");
    linked("hardlink within", '1', "chroma/chroma.sqlite3");
    linked("character device", '3', "");
    linked("block device", '4', "");
    linked("fifo", '6', "");
    linked("contiguous file", '7', "");
    linked("GNU sparse file", 'S', "");
    linked("multi-volume continuation", 'M', "");
    linked("volume label", 'V', "");
    linked("unknown kind", 'Z', "");
    linked("kind of no letter", (char) 0xfe, "");
    String log = "chroma/chroma.sqlite3-wal/";
    archives.harmless(
        "kind, legacy: a directory for a write-ahead log",
        sample.legacy().directory(log).file(log + "evil", new byte[0]).gz());
  }

  private void linked(String how, char type, String target) {
    String name = "chroma/" + sample.segment + "/evil";
    RawTar.Header header = new RawTar.Header(name, type).link(target);
    byte[] none = new byte[0];
    byte[] through = "written through it".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    archives.refused(
        "kind, legacy: " + how,
        sample.legacy().entry(header, none).file(name + "/x", through).gz(),
        "evil");
    archives.refused(
        "kind, own: " + how,
        sample.own().entry(header, none).file(name + "/x", through).gz(),
        "evil");
  }
}
