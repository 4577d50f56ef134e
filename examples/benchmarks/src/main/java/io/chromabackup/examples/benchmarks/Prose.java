package io.chromabackup.examples.benchmarks;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Text that compresses as text does: words of syllables, few of them often and many seldom (Zipf),
 * in sentences.
 */
final class Prose {
  private static final int WORDS = 20_000;
  private static final String CONSONANTS = "ttnnsshrrdlcmwfgypbvkjxz";
  private static final String VOWELS = "eeeaaoiiu";

  private final String[] words = new String[WORDS];

  /** The chance of a word or of one before it. */
  private final double[] chances = new double[WORDS];

  Prose(long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    double sum = 0;
    for (int rank = 0; rank < WORDS; rank++) {
      words[rank] = word(random, rank);
      sum += 1 / (rank + 2.7);
      chances[rank] = sum;
    }
    for (int rank = 0; rank < WORDS; rank++) {
      chances[rank] /= sum;
    }
  }

  /** Frequent words are short. */
  private static String word(RandomGenerator random, int rank) {
    int syllables = rank < 60 ? 1 : rank < 2_000 ? 2 : 2 + random.nextInt(3);
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < syllables; i++) {
      word.append(letter(random, CONSONANTS)).append(letter(random, VOWELS));
    }
    return random.nextBoolean()
        ? word.append(letter(random, CONSONANTS)).toString()
        : word.toString();
  }

  private static char letter(RandomGenerator random, String letters) {
    return letters.charAt(random.nextInt(letters.length()));
  }

  /** A chunk as a text splitter cuts it, of about so many characters. */
  String chunk(RandomGenerator random, int characters) {
    StringBuilder text = new StringBuilder(characters + 20);
    while (text.length() < characters) {
      sentence(random, text);
    }
    return text.toString();
  }

  private void sentence(RandomGenerator random, StringBuilder text) {
    int begin = text.length();
    int length = 6 + random.nextInt(16);
    for (int i = 0; i < length; i++) {
      text.append(i == 0 ? "" : i % 7 == 0 ? ", " : " ").append(pick(random));
    }
    text.setCharAt(begin, Character.toUpperCase(text.charAt(begin)));
    text.append(". ");
  }

  private String pick(RandomGenerator random) {
    int found = Arrays.binarySearch(chances, random.nextDouble());
    return words[Math.min(WORDS - 1, found < 0 ? -found - 1 : found)];
  }
}
