package io.chromabackup.chroma;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.testkit.Effort;
import io.chromabackup.testkit.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.razorvine.pickle.Unpickler;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A pickle is a program, and an archive may be anybody's: nothing in it is run. */
@Timeout(60)
class HostilePickleTest {
  private static final String PROTOCOL = "\u0080\u0004";
  private static final String HNSW = "chromadb.segment.impl.vector.local_persistent_hnsw";

  @TempDir Path temporary;

  /** What is in a pickle, by what it tries. */
  static Map<String, String> hostile() {
    Map<String, String> pickles = new LinkedHashMap<>();
    pickles.put("os.system called", "cos\nsystem\n(S'touch loot'\ntR.");
    pickles.put("posix.system called", "\u0080\u0003cposix\nsystem\nX\u0002\0\0\0id\u0085R.");
    pickles.put("builtins.eval called", "c__builtin__\neval\n(S'1'\ntR.");
    pickles.put(
        "builtins.exec by name on the stack",
        PROTOCOL + text("builtins") + text("exec") + "\u0093)R.");
    pickles.put("subprocess.Popen made by INST", "(S'id'\nisubprocess\nPopen\n.");
    pickles.put("a class made by OBJ", "(csubprocess\nPopen\nS'id'\no.");
    pickles.put("a class made by NEWOBJ", PROTOCOL + "csubprocess\nPopen\n)\u0081.");
    pickles.put("a class made by NEWOBJ_EX", PROTOCOL + "csubprocess\nPopen\n)}\u0092.");
    pickles.put(
        "copyreg reconstructor",
        "ccopy_reg\n_reconstructor\n(c__main__\nX\nc__builtin__\nobject\nNtR.");
    pickles.put("a registered extension", "\u0080\u0002\u0082\u0001.");
    pickles.put("a registered extension of two bytes", "\u0080\u0002\u0083\u0001\0.");
    pickles.put("a registered extension of four bytes", "\u0080\u0002\u0084\u0001\0\0\0.");
    pickles.put("a persistent id", "Pid\n.");
    pickles.put("a persistent id on the stack", text("id") + "Q.");
    pickles.put("a buffer from elsewhere", "\u0080\u0005\u0097.");
    pickles.put("a byte array", "\u0080\u0005\u0096\u0001\0\0\0\0\0\0\0x.");
    pickles.put("PersistentData of another module", PROTOCOL + "cevil\nPersistentData\n)\u0081}b.");
    pickles.put(
        "another class of Chroma's module",
        PROTOCOL + "c" + HNSW + "\nPersistentLocalHnswSegment\n)\u0081}b.");
    pickles.put(
        "PersistentData with arguments",
        PROTOCOL + "c" + HNSW + "\nPersistentData\n" + text("x") + "\u0085\u0081}b.");
    pickles.put("PersistentData called", PROTOCOL + "c" + HNSW + "\nPersistentData\n)R.");
    pickles.put(
        "PersistentData built twice", PROTOCOL + "c" + HNSW + "\nPersistentData\n)\u0081}b}b}b(.");
    pickles.put(
        "a constructor that the application registered", PROTOCOL + "capplication\nThing\n)R.");
    pickles.put("a string of gigabytes", "X\u00ff\u00ff\u00ff\u007f");
    pickles.put(
        "a string of exabytes",
        PROTOCOL + "\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f");
    pickles.put("a string of less than nothing", PROTOCOL + "\u008d\0\0\0\0\0\0\0\u0080");
    pickles.put("bytes of gigabytes", "\u0080\u0003B\u00ff\u00ff\u00ff\u007f");
    pickles.put(
        "bytes of exabytes", PROTOCOL + "\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f");
    pickles.put("a number of gigabytes", "\u0080\u0002\u008b\u00ff\u00ff\u00ff\u007f");
    pickles.put("a million marks", "(".repeat(1_000_000) + ".");
    pickles.put("a million nested lists", "]".repeat(1_000_000) + "a".repeat(999_999) + ".");
    pickles.put("lists that hold each other a billion times", laughs());
    pickles.put("a million dicts", "}".repeat(1_000_000) + ".");
    pickles.put("a memo that was never filled", PROTOCOL + "j\u0001\0\0\0.");
    pickles.put("a memo at the end of the world", PROTOCOL + "}r\u00ff\u00ff\u00ff\u00ff.");
    pickles.put("more taken from the stack than there is", "\u0080\u000300000.");
    pickles.put("an odd number of things in a dict", "\u0080\u0003}(" + text("a") + "u.");
    pickles.put("things put into what is no dict", "\u0080\u0003K\u0001(K\u0001K\u0002u.");
    pickles.put("another pickle behind it", "\u0080\u0003}.\u0080\u0003}.");
    pickles.put("a pickle of the future", "\u0080\u00ff}.");
    pickles.put("nothing but an end", ".");
    return pickles;
  }

  private static String laughs() {
    StringBuilder pickle = new StringBuilder("(lp0\n");
    for (int i = 1; i < 30; i++) {
      pickle.append("(lp").append(i).append('\n');
      pickle.append(("g" + (i - 1) + "\na").repeat(10));
    }
    return pickle.append('.').toString();
  }

  private static String text(String value) {
    return "X" + (char) value.length() + "\0\0\0" + value;
  }

  static Stream<String> names() {
    return hostile().keySet().stream();
  }

  private void read(byte[] pickle) throws IOException, PickleDamageException {
    IndexIds.Sink sink =
        new IndexIds.Sink() {
          @Override
          public void idToLabel(String id, long label) {}

          @Override
          public void labelToId(long label, String id) {}
        };
    IndexIds.read(Files.write(temporary.resolve("pickle"), pickle), sink, new HashMap<>());
  }

  /** A reference is two bytes long, and a string in memory. */
  @Test
  void moreReferencesToALongStringThanMemoryHoldsAreRefused() {
    int length = 1 << 22;
    String pickle =
        PROTOCOL + "}X\0\0\u0040\0" + "x".repeat(length) + "q\0(" + "h\0K\u0001".repeat(1_000);

    assertThatThrownBy(() -> read(pickle.getBytes(ISO_8859_1)))
        .isInstanceOf(PickleDamageException.class)
        .hasMessageContaining("is no id");
  }

  @ParameterizedTest
  @MethodSource("names")
  void itIsRefusedAndNothingOfItIsRun(String name) {
    boolean[] constructed = new boolean[1];
    Unpickler.registerConstructor(
        "application",
        "Thing",
        arguments -> {
          constructed[0] = true;
          return "thing";
        });
    String pickle = hostile().get(name);

    assertThatThrownBy(() -> read(pickle.getBytes(ISO_8859_1)))
        .isInstanceOf(PickleDamageException.class);
    assertThat(constructed[0]).isFalse();
    assertThat(Path.of("loot")).doesNotExist();
  }

  @Tag("slow")
  @Test
  void whateverIsWrittenIntoAPickleIsReadOrRefused() throws Exception {
    byte[] intact = Files.readAllBytes(Sample.resource("python-protocol-4.pickle"));
    SplittableRandom random = new SplittableRandom(9);
    int runs = Effort.of(2_000, 20_000);
    int refused = 0;
    for (int run = 0; run < runs; run++) {
      byte[] damaged = intact.clone();
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        read(damaged);
      } catch (PickleDamageException e) {
        refused++;
      }
    }
    Figures.record(
        "fuzz-pickle",
        "%,d damaged pickles: %,d refused, the others read; %d named hostile ones, all refused"
            .formatted(runs, refused, hostile().size()));
    assertThat(refused).isGreaterThan(runs / 10);
    assertThat(hostile()).hasSizeGreaterThanOrEqualTo(38);
  }
}
