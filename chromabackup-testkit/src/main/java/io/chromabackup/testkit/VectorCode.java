package io.chromabackup.testkit;

import java.util.Arrays;

/**
 * Vectors that say which record they belong to and how old they are: {@code [1, number mod 256,
 * number div 256, version, filler...]}.
 *
 * <p>All values are integers below 2^24, which a float holds exactly. A collection of cosine space
 * stores normalised vectors and gives back almost the same values; dividing by the first one and
 * rounding undoes that. The filler depends on number and version, so a vector that is half of one
 * record and half of another is seen.
 */
public final class VectorCode {

  /** What a vector says. */
  public record Code(int number, int version) {}

  /** Numbers and versions below this can be told apart in every space. */
  public static final int LIMIT = 1 << 20;

  private static final int MIN_DIMENSION = 4;

  /** Far above the error of a normalised vector, far below the distance of two codes. */
  private static final double COSINE_TOLERANCE = 0.2;

  private VectorCode() {}

  /** The vector of a version of a record. */
  public static float[] encode(int number, int version, int dimension) {
    if (number < 0 || number >= LIMIT || version < 0 || version >= LIMIT) {
      throw new IllegalArgumentException("no code for record " + number + " v" + version);
    }
    if (dimension < MIN_DIMENSION) {
      throw new IllegalArgumentException("dimension " + dimension + " is too small for a code");
    }
    float[] vector = new float[dimension];
    vector[0] = 1;
    vector[1] = number % 256;
    vector[2] = Math.floorDiv(number, 256);
    vector[3] = version;
    for (int i = MIN_DIMENSION; i < dimension; i++) {
      vector[i] = (31L * number + 17L * version + 7L * i) % 256;
    }
    return vector;
  }

  /**
   * Reads a vector as the server gave it back.
   *
   * @param space the collection's space: all but {@code cosine} must give back the exact values
   * @throws IllegalArgumentException if the vector is not one that {@link #encode} makes
   */
  public static Code decode(float[] vector, String space) {
    if (vector.length < MIN_DIMENSION || !(vector[0] > 0)) {
      throw unreadable(vector);
    }
    double scale = vector[0];
    long high = Math.round(vector[2] / scale);
    long low = Math.round(vector[1] / scale);
    long version = Math.round(vector[3] / scale);
    if (isOutside(low, 256) || isOutside(high, LIMIT / 256) || isOutside(version, LIMIT)) {
      throw unreadable(vector);
    }
    Code code = new Code((int) (256 * high + low), (int) version);
    requireSame(encode(code.number(), code.version(), vector.length), vector, space);
    return code;
  }

  private static boolean isOutside(long value, int limit) {
    return value < 0 || value >= limit;
  }

  private static void requireSame(float[] expected, float[] vector, String space) {
    boolean cosine = space.equals("cosine");
    double scale = cosine ? vector[0] : 1;
    double tolerance = cosine ? COSINE_TOLERANCE : 0;
    for (int i = 0; i < vector.length; i++) {
      if (!(Math.abs(vector[i] / scale - expected[i]) <= tolerance)) {
        throw unreadable(vector);
      }
    }
  }

  private static IllegalArgumentException unreadable(float[] vector) {
    float[] start = Arrays.copyOf(vector, Math.min(vector.length, 8));
    return new IllegalArgumentException("no record's vector: " + Arrays.toString(start));
  }
}
