package io.chromabackup.chroma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The files of an index of small elements: 4 links on the lowest level, 2 above, vectors of 2. */
class HnswIndexTest {
  private static final int ELEMENT = 36;
  private static final int LABEL_AT = 28;
  private static final int LINKS = 12;
  private static final int TOP_LEVEL = 2;

  /** That of the first element, at which a search starts. */
  private int topLevel;

  private final List<Long> labels = new ArrayList<>();
  private FileSystem memory;
  private Path index;
  private ByteBuffer vectors;
  private Findings findings;

  @BeforeEach
  void fiveVectors() throws IOException {
    memory = Jimfs.newFileSystem(Configuration.unix());
    index = Files.createDirectory(memory.getPath("/index"));
    make(5);
  }

  @AfterEach
  void close() throws IOException {
    memory.close();
  }

  private void make(int count) throws IOException {
    vectors = ByteBuffer.allocate(count * ELEMENT).order(ByteOrder.LITTLE_ENDIAN);
    for (int element = 0; element < count; element++) {
      vectors.putLong(element * ELEMENT + LABEL_AT, 100 + element);
    }
    Files.write(index.resolve("data_level0.bin"), vectors.array());
    Files.write(index.resolve("length.bin"), new byte[count * 4]);
    Files.write(index.resolve("link_lists.bin"), new byte[count * 4]);
  }

  private HnswHeader header(long count) {
    return new HnswHeader(1, 0, 10_000, count, ELEMENT, LABEL_AT, 20, topLevel, 0, 2, 4, 2);
  }

  private boolean check(long count) throws Exception {
    Files.write(index.resolve("data_level0.bin"), vectors.array());
    findings = new Findings(index);
    return new HnswIndex(index, findings).check(header(count), labels::add);
  }

  private List<String> problems() {
    return findings.faults().stream().map(Fault::problem).toList();
  }

  /** Gives an element links; the first number is how many it says there are. */
  private void link(int element, int... numbers) {
    for (int i = 0; i < numbers.length; i++) {
      vectors.putInt(element * ELEMENT + i * 4, numbers[i]);
    }
  }

  /** Gives the first element links on upper levels; returns what belongs into the file. */
  private byte[] upper(int... numbers) {
    topLevel = TOP_LEVEL;
    ByteBuffer bytes = ByteBuffer.allocate((numbers.length + 5) * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(numbers.length * 4);
    Arrays.stream(numbers).forEach(bytes::putInt);
    return bytes.array();
  }

  private void writeLinks(byte[] bytes) throws IOException {
    Files.write(index.resolve("link_lists.bin"), bytes);
  }

  @Test
  void everyLabelIsHandedOnButOfDeletedElements() throws Exception {
    vectors.put(2 * ELEMENT + 2, (byte) 1);

    assertThat(check(5)).isTrue();
    assertThat(labels).containsExactly(100L, 101L, 103L, 104L);
    assertThat(problems()).isEmpty();
  }

  @Test
  void linksToTheFirstAndToTheLastElementAreSound() throws Exception {
    link(1, 4, 0, 4, 3, 2);

    assertThat(check(5)).isTrue();
    assertThat(problems()).isEmpty();
  }

  @Test
  void aLinkBehindTheLastElementIsAFaultAndEndsTheLabels() throws Exception {
    link(1, 2, 4, 5);

    assertThat(check(5)).isFalse();
    assertThat(labels).containsExactly(100L);
    assertThat(problems()).containsExactly("vector 1 links to one that is not there");
  }

  @Test
  void whatFollowsTheLastLinkIsNoLink() throws Exception {
    link(1, 1, 4, 999);

    assertThat(check(5)).isTrue();
  }

  @Test
  void moreLinksThanThereIsRoomForAreAFault() throws Exception {
    link(4, 5, 0, 0, 0, 0);

    assertThat(check(5)).isFalse();
    assertThat(problems()).containsExactly("vector 4 links to one that is not there");
  }

  @Test
  void withTooFewVectorsNoneIsRead() throws Exception {
    vectors = ByteBuffer.allocate(5 * ELEMENT - 1);

    assertThat(check(5)).isFalse();
    assertThat(labels).isEmpty();
    assertThat(problems())
        .containsExactly(
            "was cut short: 179 bytes are too few for the 5 vectors that header.bin counts");
  }

  @Test
  void aMissingFileIsAFaultOfItsOwn() throws Exception {
    Files.delete(index.resolve("length.bin"));
    Files.delete(index.resolve("link_lists.bin"));

    assertThat(check(5)).isTrue();
    assertThat(findings.faults().stream().map(Fault::toString))
        .containsExactly("length.bin: is missing", "link_lists.bin: is missing");
  }

  @Test
  void linksOnUpToTheTopLevelAreSound() throws Exception {
    writeLinks(upper(2, 0, 4, 1, 3, 0));

    assertThat(check(5)).isTrue();
    assertThat(problems()).isEmpty();
  }

  @Test
  void aLinkToNowhereIsFoundOnEachLevel() throws Exception {
    writeLinks(upper(1, 5, 0, 0, 0, 0));
    check(5);
    assertThat(problems()).containsExactly("vector 0 links to one that is not there");

    writeLinks(upper(0, 0, 0, 2, 1, 5));
    check(5);
    assertThat(problems()).containsExactly("vector 0 links to one that is not there");
  }

  @Test
  void aSearchThatStartsOnALevelOnWhichItsElementIsNotIsAFault() throws Exception {
    topLevel = 1;

    check(5);

    assertThat(findings.faults().stream().map(Fault::toString))
        .containsExactly(
            "header.bin: a search starts at vector 0 on level 1, but its links end at level 0");
  }

  @Test
  void moreLevelsThanThereAreAreAFault() throws Exception {
    writeLinks(upper(new int[9]));

    check(5);

    assertThat(problems()).containsExactly("vector 0 has links of 36 bytes, which is impossible");
  }

  @Test
  void halfALevelIsAFault() throws Exception {
    writeLinks(upper(new int[4]));

    check(5);

    assertThat(problems()).containsExactly("vector 0 has links of 16 bytes, which is impossible");
  }

  @Test
  void linksThatTheFileDoesNotHoldAreAFault() throws Exception {
    byte[] all = upper(new int[2 * LINKS / 4]);
    writeLinks(Arrays.copyOf(all, 4 + 2 * LINKS - 1));
    check(5);
    assertThat(problems()).containsExactly("vector 0 has links of 24 bytes, which is impossible");

    writeLinks(Arrays.copyOf(all, 4 + 2 * LINKS));
    check(5);
    assertThat(problems()).containsExactly("was cut short: it ends before the last of 5 vectors");
  }

  @Test
  void aFileThatEndsWithinANumberWasCutShort() throws Exception {
    writeLinks(new byte[4 * 4 + 2]);

    check(5);

    assertThat(problems()).containsExactly("was cut short: it ends before the last of 5 vectors");
  }

  @Test
  void whatFollowsTheLastElementsLinksIsAFault() throws Exception {
    writeLinks(new byte[5 * 4 + 1]);

    check(5);

    assertThat(problems()).containsExactly("has 1 bytes after the last of 5 vectors");
  }

  @Test
  void anInterruptIsSeenEverySoManyVectors() throws Exception {
    make(9000);
    findings = new Findings(index);

    assertThatThrownBy(
            () ->
                new HnswIndex(index, findings)
                    .check(
                        header(9000),
                        label -> {
                          labels.add(label);
                          Thread.currentThread().interrupt();
                        }))
        .isInstanceOf(InterruptedIOException.class);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(labels).hasSize(4096);
  }

  @Test
  void anInterruptIsSeenBetweenTheFilesToo() {
    findings = new Findings(index);

    assertThatThrownBy(
            () ->
                new HnswIndex(index, findings)
                    .check(header(5), label -> Thread.currentThread().interrupt()))
        .isInstanceOf(InterruptedIOException.class);

    assertThat(Thread.interrupted()).isTrue();
  }
}
