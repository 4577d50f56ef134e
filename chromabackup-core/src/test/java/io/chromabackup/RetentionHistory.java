package io.chromabackup;

import io.chromabackup.RetentionOracle.Rule;
import io.chromabackup.RetentionPlan.Candidate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** A store as chance, bad clocks and a careless operator may leave it, and the policy for it. */
record RetentionHistory(
    Instant now, List<Candidate> store, Optional<ArchiveName> proven, List<Rule> rules) {

  private static final Instant FIRST = Instant.parse("2019-12-20T00:00:00Z");
  private static final Instant LAST = Instant.parse("2030-01-10T00:00:00Z");
  private static final List<String> KINDS =
      List.of("within", "last", "daily", "weekly", "monthly", "yearly", "all");

  static RetentionHistory random(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Instant now = randomNow(random);
    List<Rule> rules = randomRules(random);
    List<Candidate> store = randomStore(random, now, rules);
    return new RetentionHistory(now, store, randomProof(random, store), rules);
  }

  RetentionPolicy policy() {
    return rules.stream().map(Rule::policy).reduce(RetentionPolicy::or).orElseThrow();
  }

  RetentionPlan plan() {
    return RetentionPlan.of(policy(), store, proven, now);
  }

  RetentionHistory withStore(List<Candidate> other) {
    return new RetentionHistory(now, other, proven, rules);
  }

  List<Candidate> good() {
    return store.stream().filter(archive -> archive.standing() == ArchiveStanding.GOOD).toList();
  }

  /** The standing of the proven archive, if that is in the store. */
  Optional<ArchiveStanding> provenStanding() {
    return store.stream()
        .filter(archive -> proven.equals(Optional.of(archive.name())))
        .map(Candidate::standing)
        .findAny();
  }

  private static Instant randomNow(SplittableRandom random) {
    Instant now =
        Instant.ofEpochSecond(random.nextLong(FIRST.getEpochSecond(), LAST.getEpochSecond()));
    return switch (random.nextInt(4)) {
      case 0 -> now.truncatedTo(ChronoUnit.DAYS);
      case 1 -> now.atOffset(ZoneOffset.UTC).withDayOfYear(1).toInstant();
      case 2 -> now.plusNanos(random.nextInt(1_000_000_000));
      default -> now;
    };
  }

  private static List<Rule> randomRules(SplittableRandom random) {
    List<Rule> rules = new ArrayList<>();
    int number = 1 + random.nextInt(3);
    while (rules.size() < number) {
      String kind = KINDS.get(random.nextInt(random.nextInt(8) == 0 ? 7 : 6));
      int count = 1 + random.nextInt(kind.equals("within") ? BackupTimes.window(random) : 6);
      rules.add(new Rule(kind, count));
    }
    return rules;
  }

  private static List<Candidate> randomStore(
      SplittableRandom random, Instant now, List<Rule> rules) {
    Set<ArchiveName> names = new HashSet<>();
    List<Candidate> store = new ArrayList<>();
    int goodInTen = random.nextInt(11);
    for (Instant time : BackupTimes.random(random, now)) {
      ArchiveFormat format = random.nextInt(4) == 0 ? ArchiveFormat.TAR_ZST : ArchiveFormat.TAR_GZ;
      ArchiveName name = ArchiveName.of(randomlyOnAnEdge(random, time, now, rules), format);
      while (names.contains(name)) {
        // of the same second
        name = name.next();
      }
      names.add(name);
      store.add(new Candidate(name, randomStanding(random, goodInTen)));
    }
    return store;
  }

  /** The time, or now and then another at which one second decides. */
  private static Instant randomlyOnAnEdge(
      SplittableRandom random, Instant time, Instant now, List<Rule> rules) {
    Instant edge =
        switch (random.nextInt(24)) {
          case 0 -> now;
          case 1 -> now.minus(Duration.ofMinutes(rules.get(0).count()));
          case 2 -> time.truncatedTo(ChronoUnit.DAYS);
          default -> null;
        };
    return edge == null ? time : edge.plusSeconds(random.nextInt(-1, 2));
  }

  private static ArchiveStanding randomStanding(SplittableRandom random, int goodInTen) {
    ArchiveStanding[] all = ArchiveStanding.values();
    return random.nextInt(10) < goodInTen ? ArchiveStanding.GOOD : all[random.nextInt(all.length)];
  }

  /** Mostly the newest good one, sometimes any other, one that is not there, or none. */
  private static Optional<ArchiveName> randomProof(SplittableRandom random, List<Candidate> store) {
    Optional<ArchiveName> newestGood =
        store.stream()
            .filter(archive -> archive.standing() == ArchiveStanding.GOOD)
            .map(Candidate::name)
            .max(Comparator.naturalOrder());
    return switch (random.nextInt(10)) {
      case 0 -> Optional.empty();
      case 1 -> newestGood.map(ArchiveName::next);
      case 2, 3 ->
          store.isEmpty()
              ? Optional.empty()
              : Optional.of(store.get(random.nextInt(store.size())).name());
      default -> newestGood;
    };
  }
}
