package io.chromabackup.examples.rag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.store.embedding.CosineSimilarity;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashedWordsTest {
  private final HashedWords model = new HashedWords();

  /** What is stored in a Chroma by one version is asked for by the next. */
  @Test
  void theVectorOfATextNeverChanges() {
    float[] vector = embedding("The light flashes").vector();

    assertThat(vector).hasSize(512);
    assertThat(IntStream.range(0, 512).filter(i -> vector[i] != 0).toArray())
        .containsExactly(24, 222, 442, 479, 481, 482);
  }

  @ParameterizedTest
  @ValueSource(strings = {"one", "the light flashes twice, twice, twice", "żółw 東京 ☃ 42", " .,"})
  void everyTextIsADirection(String text) {
    double length = 0;
    for (float x : embedding(text).vector()) {
      length += x * x;
    }
    assertThat(Math.sqrt(length)).isCloseTo(1, within(1e-6));
  }

  @Test
  void whatSharesWordsIsNearer() {
    assertThat(similarity("when does the ferry leave?", "The ferry leaves at seven."))
        .isGreaterThan(similarity("when does the ferry leave?", "The bakery opens at six."));
  }

  @Test
  void endingsAndCapitalsMakeNoDifference() {
    assertThat(similarity("FLASHES", "flashed")).isCloseTo(1, within(1e-6));
  }

  @Test
  void theOrderOfWordsDoes() {
    assertThat(similarity("keeper without lighthouse", "lighthouse without keeper"))
        .isBetween(0.5, 0.99);
  }

  private double similarity(String one, String other) {
    return CosineSimilarity.between(embedding(one), embedding(other));
  }

  private Embedding embedding(String text) {
    return model.embed(text).content();
  }
}
