package io.chromabackup.examples.rag;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.Response;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Embeds a text by the words in it, and by the pairs of words that follow each other: each is
 * hashed to one of the dimensions, and to a sign. Texts that share words are near each other; that
 * two words mean the same it does not know. A toy, but one that needs no network, no file and no
 * time, and that gives the same vector today, tomorrow and on every machine.
 */
final class HashedWords implements EmbeddingModel {
  private static final int DIMENSIONS = 512;

  /** Shorter words are mostly those that every text has. */
  private static final int SHORT_WORD = 3;

  /** What follows is mostly an ending. */
  private static final int STEM = 5;

  private static final Pattern NOT_IN_WORDS = Pattern.compile("[^\\p{L}\\p{N}]+");

  @Override
  public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
    return Response.from(segments.stream().map(segment -> embedding(segment.text())).toList());
  }

  @Override
  public int dimension() {
    return DIMENSIONS;
  }

  @Override
  public String modelName() {
    return "hashed-words";
  }

  private static Embedding embedding(String text) {
    float[] vector = new float[DIMENSIONS];
    String previous = "";
    for (String word : words(text).toList()) {
      float weight = word.length() <= SHORT_WORD ? 0.2f : 1;
      add(vector, word, weight);
      add(vector, previous + ' ' + word, weight / 2);
      previous = word;
    }
    if (previous.isEmpty()) {
      vector[0] = 1; // a text without words is somewhere too: zero has no direction
    }
    Embedding embedding = Embedding.from(vector);
    embedding.normalize();
    return embedding;
  }

  private static Stream<String> words(String text) {
    return NOT_IN_WORDS
        .splitAsStream(text.toLowerCase(Locale.ROOT))
        .filter(word -> !word.isEmpty())
        .map(word -> word.substring(0, Math.min(word.length(), STEM)));
  }

  private static void add(float[] vector, String feature, float weight) {
    int hash = mixed(feature.hashCode());
    vector[Math.floorMod(hash, DIMENSIONS)] += hash < 0 ? -weight : weight;
  }

  /** Lets every bit of a hash depend on all of it, as in MurmurHash3. */
  private static int mixed(int hash) {
    int h = hash;
    h = (h ^ (h >>> 16)) * 0x85ebca6b;
    h = (h ^ (h >>> 13)) * 0xc2b2ae35;
    return h ^ (h >>> 16);
  }
}
