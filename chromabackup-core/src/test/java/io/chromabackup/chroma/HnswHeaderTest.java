package io.chromabackup.chroma;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HnswHeaderTest {
  private static final long MOST_LINKS = 65_536;
  private static final long LONGEST_VECTOR = 16_777_216;

  /** A header of 100 elements with 4 links and vectors of 2, of which one thing may be changed. */
  private static final class Draft {
    int version = 1;
    long linksOffset;
    long capacity = 1000;
    long count = 100;
    long maxLinks0 = 4;
    long maxLinks = 2;
    long links = 2;
    long vectorOffset = 20;
    long vectorSize = 8;
    long tail = 8;
    int topLevel = 1;
    int entryPoint = 5;

    String problem() {
      ByteBuffer bytes = ByteBuffer.allocate(HnswHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      long labelOffset = vectorOffset + vectorSize;
      bytes.putInt(version).putLong(linksOffset).putLong(capacity).putLong(count);
      bytes.putLong(labelOffset + tail).putLong(labelOffset).putLong(vectorOffset);
      bytes.putInt(topLevel).putInt(entryPoint).putLong(maxLinks).putLong(maxLinks0).putLong(links);
      return HnswHeader.parse(bytes.array()).problem();
    }
  }

  private static String problem(Consumer<Draft> change) {
    Draft draft = new Draft();
    change.accept(draft);
    return draft.problem();
  }

  @Test
  void aPlausibleHeaderHasNoProblem() {
    assertThat(problem(draft -> {})).isNull();
  }

  @Test
  void thereIsOneVersionOfTheLayout() {
    assertThat(problem(draft -> draft.version = 2))
        .isEqualTo("layout version 2 is unknown, expected 1");
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 2", "2, 2", "65536, 65536"})
  void limitsOfLinksThatCanBe(long maxLinks, long maxLinks0) {
    assertThat(limits(maxLinks, maxLinks0)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"0, 4", "-1, 4", "3, 2", "2, 65537", "65537, 65537"})
  void limitsOfLinksThatCannotBe(long maxLinks, long maxLinks0) {
    assertThat(limits(maxLinks, maxLinks0))
        .isEqualTo("link limits %d and %d are impossible".formatted(maxLinks, maxLinks0));
  }

  private static String limits(long maxLinks, long maxLinks0) {
    return problem(
        draft -> {
          draft.maxLinks = maxLinks;
          draft.maxLinks0 = maxLinks0;
          draft.vectorOffset = (maxLinks0 + 1) * 4;
        });
  }

  @Test
  void anElementHasSomeLinksAndNotTooMany() {
    assertThat(problem(draft -> draft.links = 1)).isNull();
    assertThat(problem(draft -> draft.links = MOST_LINKS)).isNull();
    assertThat(problem(draft -> draft.links = 0)).isEqualTo("0 links are impossible");
    assertThat(problem(draft -> draft.links = MOST_LINKS + 1))
        .isEqualTo("65537 links are impossible");
  }

  @Test
  void theVectorFollowsTheLinks() {
    String words = "vectors at offset %d are impossible with 4 links";
    assertThat(problem(draft -> draft.linksOffset = 1)).isEqualTo(words.formatted(20));
    assertThat(problem(draft -> draft.vectorOffset = 24)).isEqualTo(words.formatted(24));
  }

  @Test
  void aVectorIsMadeOfFloats() {
    assertThat(problem(draft -> draft.vectorSize = 4)).isNull();
    assertThat(problem(draft -> draft.vectorSize = LONGEST_VECTOR * 4)).isNull();
    for (long size : new long[] {-4, 0, 3, 6, (LONGEST_VECTOR + 1) * 4}) {
      assertThat(problem(draft -> draft.vectorSize = size))
          .isEqualTo("vectors of %d bytes are impossible".formatted(size));
    }
  }

  @Test
  void anElementEndsWithItsLabel() {
    assertThat(problem(draft -> draft.tail = 12)).isEqualTo("elements of 40 bytes are impossible");
    assertThat(problem(draft -> draft.tail = -8)).isEqualTo("elements of 20 bytes are impossible");
  }

  @ParameterizedTest
  @CsvSource({"-1, 10", "11, 10", "4294967296, 4294967297"})
  void thereIsRoomForAllElements(long count, long capacity) {
    assertThat(counted(count, capacity))
        .isEqualTo("%d vectors with room for %d are impossible".formatted(count, capacity));
  }

  @ParameterizedTest
  @CsvSource({"6, 6", "10, 11", "4294967295, 4294967296"})
  void asManyElementsAsThereIsRoomFor(long count, long capacity) {
    assertThat(counted(count, capacity)).isNull();
  }

  private static String counted(long count, long capacity) {
    return problem(
        draft -> {
          draft.count = count;
          draft.capacity = capacity;
        });
  }

  @ParameterizedTest
  @CsvSource({"100, 1", "101, 1", "-1, 1", "0, -1"})
  void theSearchStartsAtAnElementOfTheGraph(int entryPoint, int topLevel) {
    assertThat(started(100, entryPoint, topLevel))
        .isEqualTo(
            "entry point %d on level %d is not among the 100 vectors"
                .formatted(Integer.toUnsignedLong(entryPoint), topLevel));
  }

  @ParameterizedTest
  @CsvSource({"100, 0, 0", "100, 99, 0", "0, -1, -1", "0, 0, 0", "1, 0, 0"})
  void whereASearchMayStart(int count, int entryPoint, int topLevel) {
    assertThat(started(count, entryPoint, topLevel)).isNull();
  }

  private static String started(int count, int entryPoint, int topLevel) {
    return problem(
        draft -> {
          draft.count = count;
          draft.entryPoint = entryPoint;
          draft.topLevel = topLevel;
        });
  }
}
