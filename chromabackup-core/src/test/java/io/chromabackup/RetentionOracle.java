package io.chromabackup;

import static io.chromabackup.ArchiveStanding.GOOD;
import static io.chromabackup.ArchiveStanding.LEGACY;
import static io.chromabackup.ArchiveStanding.MISDATED;
import static io.chromabackup.ArchiveStanding.UNREAD;

import io.chromabackup.RetentionPlan.Candidate;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Says of one archive at a time whether it stays, by counting what is newer. The slow and obvious
 * way, to compare {@link RetentionPlan} and the ready-made policies with.
 */
final class RetentionOracle {
  /** A policy, as its factory's name and argument. */
  record Rule(String kind, int count) {
    RetentionPolicy policy() {
      return switch (kind) {
        case "within" -> RetentionPolicy.keepWithin(Duration.ofMinutes(count));
        case "last" -> RetentionPolicy.keepLast(count);
        case "daily" -> RetentionPolicy.keepDaily(count);
        case "weekly" -> RetentionPolicy.keepWeekly(count);
        case "monthly" -> RetentionPolicy.keepMonthly(count);
        case "yearly" -> RetentionPolicy.keepYearly(count);
        case "all" -> RetentionPolicy.keepAll();
        default -> throw new AssertionError(kind);
      };
    }
  }

  private RetentionOracle() {}

  /** The archives that stay, newest first. */
  static List<ArchiveName> kept(
      List<Candidate> store, List<Rule> rules, Optional<ArchiveName> proven, Instant now) {
    List<ArchiveName> kept = new ArrayList<>();
    for (Candidate archive : store) {
      if (stays(archive, store, rules, proven, now)) {
        kept.add(archive.name());
      }
    }
    kept.sort(Comparator.reverseOrder());
    return kept;
  }

  private static boolean stays(
      Candidate archive,
      List<Candidate> store,
      List<Rule> rules,
      Optional<ArchiveName> proven,
      Instant now) {
    boolean mayDelete = false;
    List<ArchiveName> rivals = new ArrayList<>();
    for (Candidate other : store) {
      boolean rival = other.standing() == GOOD || other.standing() == archive.standing();
      if (rival && other.name().createdAt().compareTo(now) <= 0) {
        rivals.add(other.name());
      }
      if (proven.isPresent() && proven.get().equals(other.name())) {
        mayDelete = other.standing() == GOOD || other.standing() == LEGACY;
      }
    }
    if (!mayDelete || proven.get().equals(archive.name())) {
      return true;
    }
    if (archive.standing() == MISDATED || archive.standing() == UNREAD) {
      return true;
    }
    if (archive.name().createdAt().compareTo(now) > 0) {
      return true;
    }
    for (Rule rule : rules) {
      if (isKept(archive.name(), rivals, rule, now)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isKept(
      ArchiveName name, List<ArchiveName> rivals, Rule rule, Instant now) {
    if (rule.kind().equals("all")) {
      return true;
    }
    if (rule.kind().equals("within")) {
      Instant edge = now.minusSeconds(60L * rule.count());
      boolean isNewestBeforeTheEdge = true;
      for (ArchiveName rival : rivals) {
        if (rival.createdAt().isBefore(edge) && rival.compareTo(name) > 0) {
          isNewestBeforeTheEdge = false;
        }
      }
      return !name.createdAt().isBefore(edge) || isNewestBeforeTheEdge;
    }
    Set<String> laterPeriods = new HashSet<>();
    for (ArchiveName rival : rivals) {
      if (rival.compareTo(name) > 0) {
        laterPeriods.add(period(rival, rule.kind()));
      }
    }
    return !laterPeriods.contains(period(name, rule.kind())) && laterPeriods.size() < rule.count();
  }

  private static String period(ArchiveName name, String kind) {
    OffsetDateTime time = name.createdAt().atOffset(ZoneOffset.UTC);
    return switch (kind) {
      case "last" -> name.createdAt().getEpochSecond() + "." + name.format().ordinal();
      case "daily" -> time.getYear() + "-" + time.getDayOfYear();
      case "weekly" ->
          time.get(IsoFields.WEEK_BASED_YEAR) + "-" + time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
      case "monthly" -> time.getYear() + "-" + time.getMonthValue();
      case "yearly" -> "" + time.getYear();
      default -> throw new AssertionError(kind);
    };
  }
}
