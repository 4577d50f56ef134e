package io.chromabackup.health;

import io.chromabackup.CollectionSummary;
import io.chromabackup.health.ChromaApi.Listed;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a server is asked about its data, and what it should answer.
 *
 * @param api asks
 */
record ChromaQuestions(ChromaApi api) {
  private static final String DEFAULT_TENANT = "default_tenant";
  private static final String DEFAULT_DATABASE = "default_database";

  /** A page is as many records as that, but not more numbers than that. */
  private static final int PAGE_RECORDS = 100;

  private static final int PAGE_NUMBERS = 200_000;
  private static final int NAMES_SHOWN = 5;

  /** The dimension that nobody told. */
  private static final int UNKNOWN = 0;

  /**
   * A collection that is expected, and there.
   *
   * @param expected what should be in it
   * @param listed where the server has it
   */
  record Found(CollectionSummary expected, Listed listed) {}

  /** A database, with the tenant it belongs to. */
  private record Database(String tenant, String name) {
    @Override
    public String toString() {
      return tenant + "/" + name;
    }
  }

  /**
   * Looks for the expected collections, and for others.
   *
   * @return each of them
   * @throws HealthProblem if one is missing or another one, or if there are others
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   */
  List<Found> collections(List<CollectionSummary> expected)
      throws HealthProblem, InterruptedIOException {
    return collections(
        expected,
        problem -> {
          throw problem;
        });
  }

  /** Takes what is wrong with a collection, or throws it. */
  interface Complaints {
    /** Takes it. */
    void take(HealthProblem problem) throws HealthProblem;
  }

  /**
   * The same.
   *
   * @param complaints take what is wrong
   * @return those that are there
   * @throws HealthProblem if it cannot be told
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   */
  List<Found> collections(List<CollectionSummary> expected, Complaints complaints)
      throws HealthProblem, InterruptedIOException {
    List<Found> found = new ArrayList<>();
    for (Database database : databases(expected)) {
      Map<String, Listed> listed = listed(database);
      for (CollectionSummary one : expected) {
        if (new Database(one.tenant(), one.database()).equals(database)) {
          try {
            found.add(new Found(one, matching(one, listed.remove(one.name()))));
          } catch (HealthProblem e) {
            complaints.take(e);
          }
        }
      }
      if (!listed.isEmpty()) {
        complaints.take(
            HealthProblem.wrong(
                "database %s has %d collection(s) that nobody expects: %s"
                    .formatted(database, listed.size(), someOf(listed.keySet()))));
      }
    }
    return found;
  }

  private Set<Database> databases(List<CollectionSummary> expected)
      throws HealthProblem, InterruptedIOException {
    Set<Database> databases = new LinkedHashSet<>();
    expected.forEach(one -> databases.add(new Database(one.tenant(), one.database())));
    if (databases.isEmpty()) {
      databases.add(new Database(DEFAULT_TENANT, DEFAULT_DATABASE));
    }
    for (String tenant : databases.stream().map(Database::tenant).distinct().toList()) {
      try {
        api.databases(tenant).forEach(name -> databases.add(new Database(tenant, name)));
      } catch (HealthProblem e) {
        throw e.of("databases of tenant " + tenant);
      }
    }
    return databases;
  }

  private Map<String, Listed> listed(Database database)
      throws HealthProblem, InterruptedIOException {
    Map<String, Listed> byName = new LinkedHashMap<>();
    try {
      api.collections(database.tenant(), database.name())
          .forEach(listed -> byName.put(listed.name(), listed));
    } catch (HealthProblem e) {
      throw e.of("collections of database " + database);
    }
    return byName;
  }

  private static Listed matching(CollectionSummary expected, @Nullable Listed listed)
      throws HealthProblem {
    if (listed == null) {
      throw HealthProblem.wrong(named(expected) + " is missing");
    }
    if (!listed.id().equalsIgnoreCase(expected.id())) {
      throw HealthProblem.wrong(
          "%s should have the id %s and has %s"
              .formatted(named(expected), expected.id(), listed.id()));
    }
    Number dimension = listed.dimension();
    if (dimension != null
        && expected.dimension().isPresent()
        && dimension.intValue() != expected.dimension().getAsInt()) {
      throw HealthProblem.wrong(
          "%s should have %d dimensions and has %s"
              .formatted(named(expected), expected.dimension().getAsInt(), dimension));
    }
    return listed;
  }

  /**
   * Asks for the number of a collection's documents, and for embeddings of the first and the last.
   *
   * @param found the collection
   * @return how many documents it has, which is as many as it should
   * @throws HealthProblem if they are not as expected
   * @throws InterruptedIOException if interrupted; the thread's flag stays set
   */
  long documents(Found found) throws HealthProblem, InterruptedIOException {
    CollectionSummary expected = found.expected();
    try {
      long count = api.count(found.listed());
      if (count != expected.documents()) {
        throw HealthProblem.wrong(
            "should have %d documents and has %d".formatted(expected.documents(), count));
      }
      int limit =
          Math.max(1, Math.min(PAGE_RECORDS, PAGE_NUMBERS / Math.max(1, dimension(expected))));
      if (count > 0) {
        page(found, 0, limit);
      }
      if (count > limit) {
        page(found, count - limit, limit);
      }
      return count;
    } catch (HealthProblem e) {
      throw e.of(named(expected));
    }
  }

  private void page(Found found, long offset, int limit)
      throws HealthProblem, InterruptedIOException {
    long due = Math.min(limit, found.expected().documents() - offset);
    int dimension = dimension(found.expected());
    try {
      List<?> embeddings = api.embeddings(found.listed(), offset, limit);
      if (embeddings.size() != due) {
        throw HealthProblem.wrong(embeddings.size() + " came");
      }
      for (int i = 0; i < embeddings.size(); i++) {
        if (!isVector(embeddings.get(i), dimension)) {
          throw HealthProblem.wrong(
              "number %d should have %s finite numbers and has %s"
                  .formatted(
                      offset + i,
                      dimension == UNKNOWN ? "some" : dimension,
                      inWords(embeddings.get(i))));
        }
      }
    } catch (HealthProblem e) {
      throw e.of("embeddings of %d documents from number %d on".formatted(due, offset));
    }
  }

  private static boolean isVector(@Nullable Object embedding, int dimension) {
    return embedding instanceof List<?> numbers
        && !numbers.isEmpty()
        && (dimension == UNKNOWN || numbers.size() == dimension)
        && numbers.stream().allMatch(ChromaQuestions::isFinite);
  }

  private static boolean isFinite(@Nullable Object value) {
    return value instanceof Number number && Float.isFinite(number.floatValue());
  }

  private static String inWords(@Nullable Object embedding) {
    if (!(embedding instanceof List<?> values)) {
      return "none";
    }
    long numbers = values.stream().filter(ChromaQuestions::isFinite).count();
    return numbers + (numbers == values.size() ? "" : " among " + values.size() + " values");
  }

  private static int dimension(CollectionSummary expected) {
    return expected.dimension().orElse(UNKNOWN);
  }

  private static String named(CollectionSummary expected) {
    return "collection " + expected.qualifiedName();
  }

  private static String someOf(Set<String> names) {
    String some = names.stream().sorted().limit(NAMES_SHOWN).collect(Collectors.joining(", "));
    return names.size() > NAMES_SHOWN ? some + ", ..." : some;
  }
}
