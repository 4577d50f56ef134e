package io.chromabackup.chroma;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PairSumTest {
  private record Pair(String id, long label) {}

  private static PairSum of(Pair... pairs) {
    PairSum sum = new PairSum();
    for (Pair pair : pairs) {
      sum.add(pair.id, pair.label);
    }
    return sum;
  }

  @Test
  void theOrderDoesNotMatter() {
    Pair one = new Pair("a", 1);
    Pair other = new Pair("b", 2);

    assertThat(of(one, other).isSameAs(of(other, one))).isTrue();
    assertThat(of(one, other).count()).isEqualTo(2);
  }

  @Test
  void pairsThatAreMixedUpAreNotTheSame() {
    PairSum sum = of(new Pair("a", 1), new Pair("b", 2));

    assertThat(sum.isSameAs(of(new Pair("a", 2), new Pair("b", 1)))).isFalse();
    assertThat(sum.isSameAs(of(new Pair("a", 1), new Pair("b", 3)))).isFalse();
    assertThat(sum.isSameAs(of(new Pair("a", 1), new Pair("c", 2)))).isFalse();
    assertThat(sum.isSameAs(of(new Pair("a", 1)))).isFalse();
    assertThat(of().isSameAs(of(new Pair("", 0)))).isFalse();
  }

  /** Two ids that exchange their labels are the damage that would cost most. */
  @Test
  void anyTwoOfManyThatChangePlacesAreNoticed() {
    for (int one = 0; one < 300; one++) {
      for (int other = 0; other < one; other++) {
        PairSum right = of(new Pair("r" + one, one), new Pair("r" + other, other));
        PairSum wrong = of(new Pair("r" + one, other), new Pair("r" + other, one));
        assertThat(right.isSameAs(wrong)).as("%d and %d", one, other).isFalse();
      }
    }
  }

  @Test
  void eachPairHasASumOfItsOwn() {
    List<String> ids = List.of("", "a", "b", "ab", "ba", "aa", "aaa", "r1", "r2", "r10", "r01");
    Set<String> seen = new HashSet<>();
    for (String id : ids) {
      for (long label = 0; label < 500; label++) {
        PairSum sum = of(new Pair(id, label));
        long apart = spread(sum);
        assertThat(seen.add(Long.toHexString(apart))).as("%s %d", id, label).isTrue();
      }
    }
  }

  /** The bits of small numbers must reach all over the sum, or sums of them would coincide. */
  private static long spread(PairSum sum) {
    return sum.value() >>> 32;
  }
}
