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
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The ready-made policies, and why they keep what they keep. */
final class RetentionRules {
  private static final String KEEP = "keep ";

  private RetentionRules() {}

  /**
   * The archives that a policy keeps, each with the reason in words. Names that are not among
   * {@code archives} are left out.
   */
  static Map<ArchiveName, String> reasons(
      RetentionPolicy policy, Set<ArchiveName> archives, Instant now) {
    Map<ArchiveName, String> reasons = new HashMap<>();
    for (RetentionPolicy part : partsOf(policy)) {
      for (ArchiveName name : part.keep(archives, now)) {
        if (archives.contains(name)) {
          String reason = part instanceof Rule rule ? rule.reason(name, now) : wordsOf(part);
          reasons.merge(name, reason, (one, other) -> one + ", " + other);
        }
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
      if (isWhole(Duration.ofDays(1))) {
        return amount(age.toDays(), "day");
      }
      if (isWhole(Duration.ofHours(1))) {
        return amount(age.toHours(), "hour");
      }
      if (isWhole(Duration.ofMinutes(1))) {
        return amount(age.toMinutes(), "minute");
      }
      return age.toString();
    }

    private boolean isWhole(Duration unit) {
      return age.equals(unit.multipliedBy(age.dividedBy(unit)));
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
      Set<ArchiveName> kept = new HashSet<>();
      Set<Object> seen = new HashSet<>();
      for (ArchiveName name : archives.stream().sorted(Comparator.reverseOrder()).toList()) {
        if (seen.add(period.of(name)) && kept.size() < count) {
          kept.add(name);
        }
      }
      return kept;
    }

    @Override
    public String reason(ArchiveName kept, Instant now) {
      return (period == Period.ARCHIVE ? "one of " : "the newest of one of ") + words();
    }

    private String words() {
      if (period == Period.ARCHIVE) {
        return "the last " + count;
      }
      return "the last " + amount(count, period.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public String toString() {
      return KEEP + (period == Period.ARCHIVE ? "" : "the newest of each of ") + words();
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
      return reasons(this, Set.copyOf(archives), now).keySet();
    }

    @Override
    public String toString() {
      return KEEP + parts.stream().map(RetentionRules::wordsOf).collect(Collectors.joining(" or "));
    }
  }
}
