package io.chromabackup.examples.benchmarks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * What a retrieval-augmented application stores: chunks of text with an embedding each. The same
 * collection, range and version give the same records.
 */
final class Records {
  static final int DIMENSION = 768;

  private static final int CHARACTERS = 600;
  private static final int SPREAD = 150;
  private static final int TOPICS = 24;

  /** How much a record's embedding has of its topic's. */
  private static final double TOPICALITY = 0.5;

  private static final Prose PROSE = new Prose(1);

  private Records() {}

  /** A request of so many records, as Chroma's API takes it. */
  static Map<String, Object> request(int collection, int first, int count, int version) {
    RandomGenerator random = new SplittableRandom(31L * (31L * collection + first) + version);
    List<String> ids = new ArrayList<>();
    List<String> embeddings = new ArrayList<>();
    List<String> documents = new ArrayList<>();
    List<Map<String, Object>> metadatas = new ArrayList<>();
    for (int number = first; number < first + count; number++) {
      ids.add("doc-%03d-chunk-%06d".formatted(collection, number));
      embeddings.add(base64(embedding(random, topic(collection, random.nextInt(TOPICS)))));
      int characters = (int) (CHARACTERS + SPREAD * random.nextGaussian());
      documents.add(PROSE.chunk(random, Math.max(100, characters)));
      metadatas.add(metadata(collection, number, version));
    }
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("ids", ids);
    request.put("embeddings", embeddings);
    request.put("documents", documents);
    request.put("metadatas", metadatas);
    return request;
  }

  private static Map<String, Object> metadata(int collection, int number, int version) {
    return Map.of(
        "source",
        "handbook/volume-%d/chapter-%d.md".formatted(collection, number / 40),
        "page",
        number / 4,
        "chunk",
        number % 40,
        "version",
        version);
  }

  private static RandomGenerator topic(int collection, int topic) {
    return new SplittableRandom(TOPICS * (long) collection + topic);
  }

  private static float[] embedding(RandomGenerator random, RandomGenerator topic) {
    double[] values = new double[DIMENSION];
    double squares = 0;
    for (int i = 0; i < DIMENSION; i++) {
      values[i] = random.nextGaussian() + TOPICALITY * topic.nextGaussian();
      squares += values[i] * values[i];
    }
    float[] unit = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      unit[i] = (float) (values[i] / Math.sqrt(squares));
    }
    return unit;
  }

  private static String base64(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * vector.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
