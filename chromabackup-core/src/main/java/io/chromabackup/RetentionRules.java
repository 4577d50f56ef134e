package io.chromabackup;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The ready-made policies, and why they keep what they keep. */
final class RetentionRules {
  private static final String KEEP = "keep ";

  private RetentionRules() {}

  /** The names that a policy returns, each with its reasons in words. */
  static Map<ArchiveName, String> reasons(
      RetentionPolicy policy, Collection<ArchiveName> archives, Instant now) {
    Map<ArchiveName, String> reasons = new HashMap<>();
    for (RetentionPolicy part : partsOf(policy)) {
      for (ArchiveName name : part.keep(archives, now)) {
        String reason = part instanceof Rule rule ? rule.reason(name, now) : wordsOf(part);
        reasons.merge(name, reason, (one, other) -> one + ", " + other);
      }
    }
    return reasons;
  }

  private static List<RetentionPolicy> partsOf(RetentionPolicy policy) {
    return policy instanceof AnyOf anyOf ? anyOf.parts() : List.of(policy);
  }

  private static String wordsOf(RetentionPolicy policy) {
    String words = policy.toString();
    return words.startsWith(KEEP) ? words.substring(KEEP.length()) : words;
  }

  private static String amount(long number, String unit) {
    return number + " " + unit + (number == 1 ? "" : "s");
  }

  /** A policy that knows why it keeps an archive. */
  private interface Rule extends RetentionPolicy {
    /** Why this policy keeps an archive that it keeps. */
    String reason(ArchiveName kept, Instant now);
  }

  /** {@link RetentionPolicy#keepAll}. */
  record All() implements Rule {
    @Override
    public Set<ArchiveName> keep(Collection<ArchiveName> archives, Instant now) {
      return Set.copyOf(archives);
    }

    @Override
    public String reason(ArchiveName kept, Instant now) {
      return "all are kept";
    }

    @Override
    public String toString() {
      return KEEP + "all";
    }
  }

  /** {@link RetentionPolicy#keepWithin}. */
  record Within(Duration age) implements Rule {
    @Override
    public Set<ArchiveName> keep(Collection<ArchiveName> archives, Instant now) {
      Set<ArchiveName> kept =
          archives.stream().filter(name -> covers(name, now)).collect(Collectors.toSet());
      archives.stream()
          .filter(name -> !covers(name, now))
          .max(Comparator.naturalOrder())
          .ifPresent(kept::add);
      return kept;
    }

    private boolean covers(ArchiveName name, Instant now) {
      return Duration.between(name.createdAt(), now).compareTo(age) <= 0;
    }

    @Override
    public String reason(ArchiveName kept, Instant now) {
      return covers(kept, now) ? "within " + words() : "the newest from before the last " + words();
    }

    private String words() {
      if (age.equals(Duration.ofDays(age.toDays()))) {
        return amount(age.toDays(), "day");
      }
      if (age.equals(Duration.ofHours(age.toHours()))) {
        return amount(age.toHours(), "hour");
      }
      if (age.equals(Duration.ofMinutes(age.toMinutes()))) {
        return amount(age.toMinutes(), "minute");
      }
      return age.toString();
    }

    @Override
    public String toString() {
      return KEEP + "all within " + words();
    }
  }

  /** What {@link NewestOfEach} counts. */
  enum Period {
    /** As short as can be: every archive has its own. */
    ARCHIVE,
    DAY,
    WEEK,
    MONTH,
    YEAR;

    /** The period that an archive is in: equal for two archives of the same. */
    private Object of(ArchiveName name) {
      LocalDate date = LocalDate.ofInstant(name.createdAt(), ZoneOffset.UTC);
      return switch (this) {
        case ARCHIVE -> name;
        case DAY -> date;
        case WEEK -> date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
        case MONTH -> date.withDayOfMonth(1);
        case YEAR -> date.withDayOfYear(1);
      };
    }
  }

  /** {@link RetentionPolicy#keepLast} and the policies for calendar periods. */
  record NewestOfEach(int count, Period period) implements Rule {
    @Override
    public Set<ArchiveName> keep(Collection<ArchiveName> archives, Instant now) {
      Map<Object, ArchiveName> newest = new HashMap<>();
      for (ArchiveName name : archives) {
        newest.merge(period.of(name), name, BinaryOperator.maxBy(Comparator.naturalOrder()));
      }
      return newest.values().stream()
          .sorted(Comparator.reverseOrder())
          .limit(count)
          .collect(Collectors.toSet());
    }

    @Override
    public String reason(ArchiveName kept, Instant now) {
      return words("one of ");
    }

    private String words(String quantifier) {
      String unit = period.name().toLowerCase(Locale.ROOT);
      String periods =
          count == 1 ? "the last " + unit : quantifier + "the last " + amount(count, unit);
      return period == Period.ARCHIVE ? periods : "the newest of " + periods;
    }

    @Override
    public String toString() {
      return KEEP + words(period == Period.ARCHIVE ? "" : "each of ");
    }
  }

  /**
   * {@link RetentionPolicy#or}.
   *
   * @param parts none of them an {@code AnyOf} itself
   */
  record AnyOf(List<RetentionPolicy> parts) implements RetentionPolicy {
    static AnyOf of(RetentionPolicy one, RetentionPolicy other) {
      return new AnyOf(Stream.of(one, other).flatMap(policy -> partsOf(policy).stream()).toList());
    }

    @Override
    public Set<ArchiveName> keep(Collection<ArchiveName> archives, Instant now) {
      return reasons(this, archives, now).keySet();
    }

    @Override
    public String toString() {
      return KEEP + parts.stream().map(RetentionRules::wordsOf).collect(Collectors.joining(" or "));
    }
  }
}
