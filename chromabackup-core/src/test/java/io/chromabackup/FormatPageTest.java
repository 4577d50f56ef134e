package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.gzip.AdaptiveGzipInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** What docs/format.md says of the manifest and of marked blocks is what is read and written. */
class FormatPageTest {
  private static final Path PAGE = Path.of("..", "docs", "format.md");

  @Test
  void theManifestOnThePageIsReadAndWrittenAsItStandsThere() throws IOException {
    String example = example();

    Manifest manifest = ManifestJson.read(example.getBytes(StandardCharsets.UTF_8));

    assertThat(manifest.documents()).isEqualTo(1182);
    assertThat(manifest.files()).hasSize(2);
    assertThat(new String(ManifestJson.write(manifest), StandardCharsets.UTF_8).strip())
        .isEqualTo(example.strip());
  }

  @Test
  void thePageExplainsEveryFieldOfItsExample() throws IOException {
    String page = Files.readString(PAGE);
    Matcher field = Pattern.compile("\"(\\w+)\" :").matcher(example());

    while (field.find()) {
      String name = field.group(1);
      boolean isOfSchema = name.equals("embeddings_queue") || name.endsWith("db");
      assertThat(isOfSchema || page.contains("`" + name + "`") || page.contains("`" + name + "[]`"))
          .as(name)
          .isTrue();
    }
  }

  /** By the page alone: another writer, of whom we know nothing. */
  @Test
  void gzipThatIsMarkedAsThePageSaysIsReadByUsOnSeveralThreadsAndByOthersAsOrdinary()
      throws IOException {
    byte[] content = new byte[700_000];
    new Random(1).nextBytes(content);
    Arrays.fill(content, 100, 300_000, (byte) 'x');
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(bytes("1f 8b 08 00 00 00 00 00 00 ff"));
    for (int from = 0; from < content.length; from += 250_000) {
      byte[] block = deflated(content, from, Math.min(250_000, content.length - from));
      file.write(mark(block.length));
      file.write(block);
    }
    file.write(bytes("03 00"));
    CRC32 checksum = new CRC32();
    checksum.update(content);
    file.write(littleEndian((int) checksum.getValue()));
    file.write(littleEndian(content.length));

    byte[] packed = file.toByteArray();
    assertThat(new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes())
        .isEqualTo(content);
    try (InputStream ours = ArchiveCompression.decompressing(new ByteArrayInputStream(packed))) {
      assertThat(ours).isInstanceOf(AdaptiveGzipInputStream.class);
      assertThat(ours.readAllBytes()).isEqualTo(content);
    }
  }

  @Test
  void theMarkOnThePageSaysWhatThePageSays() throws IOException {
    String said = "`28 00 00 ff ff`, `08 00 00 ff ff`, and twice `00 00 00 ff ff` say 37";
    assertThat(Files.readString(PAGE)).contains(said);

    assertThat(mark(37))
        .isEqualTo(bytes("28 00 00 ff ff 08 00 00 ff ff 00 00 00 ff ff 00 00 00 ff ff"));
  }

  private static byte[] mark(int length) {
    byte[] mark = new byte[20];
    for (int i = 0; i < 4; i++) {
      int n = length / (int) Math.pow(32, i) % 32;
      System.arraycopy(new byte[] {(byte) (n << 3), 0, 0, -1, -1}, 0, mark, 5 * i, 5);
    }
    return mark;
  }

  /** Ends with an empty stored block. */
  private static byte[] deflated(byte[] content, int from, int length) {
    Deflater deflater = new Deflater(6, true);
    deflater.setInput(content, from, length);
    byte[] coded = new byte[length + 1000];
    int size = deflater.deflate(coded, 0, coded.length, Deflater.SYNC_FLUSH);
    deflater.end();
    return Arrays.copyOf(coded, size);
  }

  private static byte[] littleEndian(int number) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array();
  }

  private static byte[] bytes(String hexadecimal) {
    return HexFormat.ofDelimiter(" ").parseHex(hexadecimal);
  }

  private static String example() throws IOException {
    Matcher block =
        Pattern.compile("```json\\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
    assertThat(block.find()).isTrue();
    return block.group(1);
  }
}
