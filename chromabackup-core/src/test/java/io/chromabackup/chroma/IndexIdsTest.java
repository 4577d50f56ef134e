package io.chromabackup.chroma;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IndexIdsTest {
  private static final String START = "\u0080\u0003}(";
  private static final String END =
      text("id_to_label") + "}" + text("label_to_id") + "}" + text("id_to_seq_id") + "}u.";

  @TempDir Path temporary;

  private final Map<String, Long> labels = new HashMap<>();
  private final Map<Long, String> ids = new HashMap<>();

  private IndexIds read(Path file) throws IOException, PickleDamageException {
    IndexIds.Sink sink =
        new IndexIds.Sink() {
          @Override
          public void idToLabel(String id, long label) {
            labels.put(id, label);
          }

          @Override
          public void labelToId(long label, String id) {
            ids.put(label, id);
          }
        };
    return IndexIds.read(file, sink, new HashMap<>());
  }

  private IndexIds read(byte[] pickle) throws IOException, PickleDamageException {
    return read(Files.write(temporary.resolve("pickle"), pickle));
  }

  private static byte[] bytes(String latin1) {
    return latin1.getBytes(ISO_8859_1);
  }

  private static String text(String value) {
    return "X" + (char) value.length() + "\0\0\0" + value;
  }

  private static byte[] real() throws IOException {
    try (Stream<Path> files = Files.walk(Sample.REAL)) {
      Path pickle = files.filter(file -> file.endsWith("index_metadata.pickle")).findFirst().get();
      return Files.readAllBytes(pickle);
    }
  }

  @Test
  void theIdsOfARealIndexAreReadInBothDirections() throws Exception {
    assertThat(read(real())).isEqualTo(new IndexIds(OptionalInt.empty(), OptionalLong.empty()));

    assertThat(labels).hasSize(990).hasSameSizeAs(ids);
    assertThat(labels).allSatisfy((id, label) -> assertThat(ids).containsEntry(label, id));
  }

  @Test
  void pythonKeepsMoreInIt() throws Exception {
    IndexIds read = read(Sample.resource("python-protocol-4.pickle"));

    assertThat(read).isEqualTo(new IndexIds(OptionalInt.of(4), OptionalLong.of(1080)));
    assertThat(labels).hasSize(1080).containsEntry("r1079", 1080L);
    assertThat(ids).hasSize(1080).containsEntry(1080L, "r1079");
  }

  @Test
  void anEmptyIndexIsRead() throws Exception {
    assertThat(read(bytes(START + END)).watermark()).isEmpty();
  }

  /** Python writes a dict of one thing so. */
  @Test
  void anIndexOfOneRecordIsRead() throws Exception {
    String longer = "\u008d\u0003\0\0\0\0\0\0\0";

    read(
        bytes(
            START
                + (text("id_to_label") + "}" + longer + "one" + "K\u0001s")
                + (text("label_to_id") + "}K\u0001" + longer + "one" + "s")
                + text("id_to_seq_id")
                + "}u."));

    assertThat(labels).isEqualTo(Map.of("one", 1L));
    assertThat(ids).isEqualTo(Map.of(1L, "one"));
  }

  @Test
  void largeNumbersAreRead() throws Exception {
    read(bytes(START + text("max_seq_id") + "\u008a\u0005\0\0\0\0\u0001" + END));
    assertThat(
            read(bytes(START + text("max_seq_id") + "\u008a\u0005\0\0\0\0\u0001" + END))
                .watermark())
        .hasValue(1L << 32);
  }

  @ParameterizedTest
  @MethodSource("pickles")
  void aPickleThatWasCutAnywhereIsDamaged(Path pickle) throws Exception {
    byte[] intact = pickle == null ? real() : Files.readAllBytes(pickle);
    for (int size = 0; size < intact.length; size += size < 200 ? 1 : 397) {
      byte[] cut = Arrays.copyOf(intact, size);

      assertThatThrownBy(() -> read(cut)).isInstanceOf(PickleDamageException.class);
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("pickles")
  void aFlippedBitIsNeverAnotherException(Path pickle) throws Exception {
    byte[] intact = pickle == null ? real() : Files.readAllBytes(pickle);
    Random random = new Random(42);
    for (int i = 0; i < 400; i++) {
      byte[] flipped = intact.clone();
      flipped[i < 200 ? i / 2 : random.nextInt(intact.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        read(flipped);
      } catch (PickleDamageException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
  }

  static Stream<Path> pickles() {
    return Stream.of(
        null,
        Sample.resource("python-protocol-2.pickle"),
        Sample.resource("python-protocol-4.pickle"));
  }

  @Test
  void zerosOfTheRightLengthAreDamage() {
    assertThatThrownBy(() -> read(new byte[20_000])).isInstanceOf(PickleDamageException.class);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostilePickles")
  void whatChromaNeverWritesIsRefused(String name, String pickle, String reason) {
    assertThatThrownBy(() -> read(bytes(pickle)))
        .isInstanceOf(PickleDamageException.class)
        .hasMessageContaining(reason);
  }

  static Stream<Arguments> hostilePickles() {
    String chroma = "cchromadb.segment.impl.vector.local_persistent_hnsw\nPersistentData\n";
    return Stream.of(
        Arguments.of(
            "a call",
            "\u0080\u0003cos\nsystem\n" + text("reboot") + "\u0085R.",
            "os.system, refused"),
        Arguments.of(
            "a call on the stack",
            "\u0080\u0004\u008c\u0002os\u008c\u0006system\u0093.",
            "os.system, refused"),
        Arguments.of("a call of our class", "\u0080\u0003" + chroma + ")R.", "opcode 0x52"),
        Arguments.of(
            "an unknown class",
            "\u0080\u0003cchromadb\nClient\n)\u0081.",
            "chromadb.Client, refused"),
        Arguments.of(
            "a class of that name from elsewhere",
            "\u0080\u0003cos\nPersistentData\n)\u0081.",
            "os.PersistentData, refused"),
        Arguments.of(
            "an object of no class", "\u0080\u0003K\u0001)\u0081.", "constructs an object"),
        Arguments.of("a dict as a class", "\u0080\u0003})\u0081.", "constructs an object"),
        Arguments.of(
            "an object with arguments",
            "\u0080\u0003" + chroma + "K\u0001\u0085\u0081.",
            "has no place"),
        Arguments.of("a list at its place", "\u0080\u0003K\u0001].", "0x5d at byte 4 "),
        Arguments.of("an old-style object", "(ios\nsystem\n.", "opcode 0x69"),
        Arguments.of("a persistent id", "Pone\n.", "opcode 0x50"),
        Arguments.of("an extension", "\u0080\u0002\u0082\u0001.", "opcode 0x82"),
        Arguments.of("a list", "\u0080\u0003].", "opcode 0x5d"),
        Arguments.of(
            "a huge string", "\u0080\u0003X\u00ff\u00ff\u00ff\u00ff", "ends inside a string"),
        Arguments.of(
            "a huger string", "\u0080\u0004\u008d\0\0\0\0\0\0\u0001\0", "ends inside a string"),
        Arguments.of("a negative string", "\u0080\u0004\u008d" + "\u00ff".repeat(8), "torn"),
        Arguments.of("an endless name", "\u0080\u0003c" + "a".repeat(100_000), "inside a name"),
        Arguments.of(
            "deep marks", "\u0080\u0003" + "(".repeat(1_000_000) + ".", "nested too deeply"),
        Arguments.of(
            "deep dicts", "\u0080\u0003" + "}".repeat(1_000_000) + ".", "nested too deeply"),
        Arguments.of("many fields", START + many("K\u0001") + "u.", "more fields"),
        Arguments.of(
            "a batch of long strings",
            "\u0080\u0003(" + ("X\0\0\u0010\0" + "a".repeat(1 << 20)).repeat(18),
            "no id"),
        Arguments.of(
            "a number that is none", START + text("max_seq_id") + text("now") + END, "number"),
        Arguments.of(
            "a number too large",
            START + text("max_seq_id") + "\u008a\u0009" + "a".repeat(9) + END,
            "torn"),
        Arguments.of(
            "an id that is none",
            START + text("id_to_label") + "}(K\u0001K\u0001u" + END,
            "not a string"),
        Arguments.of(
            "half a pair", START + text("id_to_label") + "}(K\u0001u" + END, "fit together"),
        Arguments.of("fields without object", "}}b.", "something unknown"),
        Arguments.of("an unknown protocol", "\u0080\u0006.", "protocol"),
        Arguments.of("an empty stack", "\u0080\u0003.", "fit together"),
        Arguments.of("a reference to nothing", "\u0080\u0003h\u0001.", "memo"),
        Arguments.of("no ids", "\u0080\u0003}.", "not the id map"),
        Arguments.of("something else", "\u0080\u0003N.", "not the id map"),
        Arguments.of("a tail", START + END + "x", "follow its end"));
  }

  private static String many(String value) {
    StringBuilder fields = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      fields.append(text("field" + i)).append(value);
    }
    return fields.toString();
  }

  @Test
  void aFileThatCannotBeReadIsNotDamage() {
    assertThatThrownBy(() -> read(temporary.resolve("missing")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> read(temporary)).isInstanceOf(IOException.class);
  }

  @Test
  void anInterruptIsNotDamage() throws Exception {
    byte[] real = real();
    Thread.currentThread().interrupt();

    assertThatThrownBy(
            () ->
                IndexIds.read(
                    Sample.resource("python-protocol-4.pickle"), nothing(), new HashMap<>()))
        .isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(real).isNotEmpty();
  }

  @Test
  void anInterruptIsSeenInTheMidst() throws Exception {
    List<String> before = new ArrayList<>();
    IndexIds.Sink interrupting =
        new IndexIds.Sink() {
          @Override
          public void idToLabel(String id, long label) {
            before.add(id);
            Thread.currentThread().interrupt();
          }

          @Override
          public void labelToId(long label, String id) {
            before.add(id);
          }
        };
    Path pickle =
        Files.write(
            temporary.resolve("long"),
            bytes(
                START
                    + text("id_to_label")
                    + "}"
                    + (text("a") + "K\u0001s").repeat(3000)
                    + text("label_to_id")
                    + "}u."));

    assertThatThrownBy(() -> IndexIds.read(pickle, interrupting, new HashMap<>()))
        .isInstanceOf(InterruptedIOException.class);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(before).hasSizeBetween(1000, 1400);
  }

  @Test
  void anIdMayBeEmpty() throws Exception {
    read(
        bytes(
            START
                + text("id_to_label")
                + "}("
                + text("")
                + "K\u0001u"
                + text("label_to_id")
                + "}(K\u0001"
                + text("")
                + "uu."));

    assertThat(labels).containsEntry("", 1L);
    assertThat(ids).containsEntry(1L, "");
  }

  private static IndexIds.Sink nothing() {
    return new IndexIds.Sink() {
      @Override
      public void idToLabel(String id, long label) {}

      @Override
      public void labelToId(long label, String id) {}
    };
  }

  @Test
  void aBatchMayBeOfAnyContent() throws Exception {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.writeBytes(bytes(START + text("id_to_label") + "}("));
    for (int i = 0; i < 1000; i++) {
      pickle.writeBytes(
          bytes(
              "X\u0004\0\0\0\u00f0\u009f\u0099\u0082J"
                  + (char) (i & 255)
                  + (char) (i >> 8)
                  + "\0\0"));
    }
    pickle.writeBytes(bytes("u" + text("label_to_id") + "}u."));

    read(pickle.toByteArray());

    assertThat(labels).containsOnlyKeys("🙂");
  }
}
