package io.chromabackup;

import java.nio.charset.StandardCharsets;

/** Manifests that lie, and checksums. */
final class HostileManifests {
  private static final byte[] NONE = new byte[0];

  private final HostileArchives archives;
  private final HostileSample sample = HostileSample.INSTANCE;

  private HostileManifests(HostileArchives archives) {
    this.archives = archives;
  }

  static void addTo(HostileArchives archives) {
    HostileManifests manifests = new HostileManifests(archives);
    manifests.addTexts();
    manifests.addLies();
    manifests.addOrder();
  }

  private void text(String how, String text, String word) {
    archives.refused("manifest: " + how, sample.saying(text).gz(), word);
  }

  private void lie(String how, String pattern, String replacement, String word) {
    String text = sample.text().replaceFirst(pattern, replacement);
    if (text.equals(sample.text())) {
      throw new IllegalArgumentException("this lie changes nothing: " + how);
    }
    text(how, text, word);
  }

  private void addTexts() {
    text("empty", "", "manifest is not JSON");
    text("not JSON", "evil", "manifest is not JSON");
    text("a list", "[1]", "manifest is not JSON");
    text("cut", sample.text().substring(0, 300), "manifest is not JSON");
    text("deep", "{\"a\":" + "[".repeat(1_000_000), "manifest is not JSON");
    text("deep objects", "{\"a\":".repeat(500_000), "manifest is not JSON");
    text(
        "number of a million digits",
        "{\"formatVersion\":" + "9".repeat(1_000_000) + "}",
        "not JSON");
    text("a million objects", "{\"a\":[" + "{},".repeat(1_000_000) + "{}]}", "not JSON");
    text("two lists of files", sample.text().replaceFirst("\\{", "{\"files\":[],"), "manifest");
    byte[] notUtf8 = {'{', '"', (byte) 0xff, (byte) 0xfe, '"', ':', '1', '}'};
    archives.refused(
        "manifest: not UTF-8",
        new RawTar().file(ArchiveLayout.MANIFEST, notUtf8).gz(),
        "manifest is not JSON");
  }

  private void addLies() {
    String chroma = "chroma/" + sample.segment;
    lie("a drive", chroma, "chroma/C:", "drive");
    lie("a format beyond numbers", "(\"formatVersion\" : )1", "$118446744073709551617", "whole");
    lie("format 1.5", "(\"formatVersion\" : )1", "$11.5", "whole number");
    lie("a format of text", "(\"formatVersion\" : )1", "$1\"1\"", "formatVersion");
    lie("a path to a parent", chroma, "chroma/../evil", "evil");
    lie("an absolute path", chroma, "/evil", "evil");
    lie("a path outside of the data", chroma, "evil", "evil");
    lie("a size", "(\"size\" : )", "$11", chroma);
    lie("a negative size", "(\"size\" : )", "$1-", "size -");
    lie("a size beyond numbers", "(\"size\" : )\\d+", "$11e30", "whole");
    lie("a hash", "(\"sha256\" : \")......", "$1000000", sample.segment);
    lie("a mode", "(\"mode\" : \")0600", "$1evil", "evil");
    lie("a time", "(\"modifiedAt\" : \")", "$1evil", "evil");
    lie(
        "a count of documents",
        "(\"documents\" : \\d+,\\s+\"pending\")",
        "\"documents\" : 99999, \"x\" : 1, $1",
        "manifest");
    lie("files of text", "(\"files\" : )\\[", "$1[\"evil\", ", "files");
    lie("collections of text", "(\"collections\" : )\\[", "$1[\"evil\", ", "collections");
    String two =
        "{\"path\":\"chroma/evil%d\",\"sha256\":\"\",\"size\":9223372036854775807,\"modifiedAt\":\"2026-01-01T00:00:00Z\",\"mode\":\"0600\"},";
    lie(
        "sizes whose sum is negative",
        "(\"files\" : )\\[",
        "$1[" + two.formatted(1) + two.formatted(2),
        "overflow");
    String one =
        "{\"path\":\"chroma/evil\",\"sha256\":\"\",\"size\":0,\"modifiedAt\":\"2026-01-01T00:00:00Z\",\"mode\":\"0600\"},";
    lie("a file twice", "(\"files\" : )\\[", "$1[" + one + one, "evil twice");
    lie("a file too many", "(\"files\" : )\\[", "$1[" + one, "evil");
    lie(
        "more than the disk has",
        "(\"files\" : )\\[",
        "$1[" + one.replace("\"size\":0", "\"size\":1125899906842624000"),
        "no space");
  }

  private void addOrder() {
    byte[] json = sample.json();
    byte[] sums = Checksums.of(sample.manifest, json);
    byte[] lying =
        new String(sums, StandardCharsets.UTF_8).replace('0', '1').getBytes(StandardCharsets.UTF_8);
    refused("a second one", sample.own().file(ArchiveLayout.MANIFEST, json), "chromabackup.json");
    refused("not first", sample.legacy().file(ArchiveLayout.MANIFEST, json), "chromabackup.json");
    refused(
        "a link",
        new RawTar()
            .entry(new RawTar.Header(ArchiveLayout.MANIFEST, '2').link("/etc/passwd"), NONE),
        "chromabackup.json");
    refused(
        "a directory", new RawTar().directory(ArchiveLayout.MANIFEST + "/"), "chromabackup.json");
    refused("nothing else", new RawTar().file(ArchiveLayout.MANIFEST, json), "is missing");
    refused("no checksums", sample.own(), "SHA256SUMS");
    refused("lying checksums", sample.own().file(ArchiveLayout.CHECKSUMS, lying), "SHA256SUMS");
    refused("checksums first", new RawTar().file(ArchiveLayout.CHECKSUMS, sums), "SHA256SUMS");
    refused(
        "checksums twice", sample.ownComplete().file(ArchiveLayout.CHECKSUMS, sums), "SHA256SUMS");
    refused("a file behind the checksums", sample.ownComplete().file("chroma/evil", NONE), "evil");
    archives.harmless("manifest: true", sample.ownComplete().gz());
  }

  private void refused(String how, RawTar tar, String word) {
    archives.refused("manifest: " + how, tar.gz(), word);
  }
}
