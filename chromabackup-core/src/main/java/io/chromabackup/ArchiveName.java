package io.chromabackup;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of an archive: when it was made, in UTC and to the second, and how it is packed.
 *
 * <p>As text, {@code chromadb_backup_20261122_193900.tar.gz}. Every name has exactly one text, and
 * no two names have the same. Names sort by time, those of the same second by format; {@link
 * ArchiveFormat#TAR_GZ} comes first.
 *
 * @param createdAt when the archive was made: a whole second of the years 0000 to 9999
 * @param format how it is packed
 */
public record ArchiveName(Instant createdAt, ArchiveFormat format)
    implements Comparable<ArchiveName> {

  private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

  private static final Duration TOLERANCE = Duration.ofDays(1);

  private static final String PREFIX = "chromadb_backup_";
  private static final Pattern TEXT = Pattern.compile(PREFIX + "([0-9]{8}_[0-9]{6})(\\..+)");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd_HHmmss", Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private static final Comparator<ArchiveName> ORDER =
      Comparator.comparing(ArchiveName::createdAt).thenComparing(ArchiveName::format);

  /**
   * Refuses a time that the text cannot hold. {@link #of} rounds instead.
   *
   * @param createdAt when the archive was made: a whole second of the years 0000 to 9999
   * @param format how it is packed
   * @throws IllegalArgumentException if the time is not a whole second of the years 0000 to 9999
   */
  public ArchiveName {
    Objects.requireNonNull(format);
    if (createdAt.isBefore(FIRST) || createdAt.isAfter(LAST)) {
      throw new IllegalArgumentException(
          "the time " + createdAt + " is not within the years 0000 to 9999");
    }
    if (!createdAt.equals(createdAt.truncatedTo(ChronoUnit.SECONDS))) {
      throw new IllegalArgumentException("the time " + createdAt + " is not a whole second");
    }
  }

  /**
   * The name of an archive made at some time, which is rounded down to the second.
   *
   * @param createdAt the time, within the years 0000 to 9999
   * @param format how the archive is packed
   * @return the name
   * @throws IllegalArgumentException if the time is not within those years
   */
  public static ArchiveName of(Instant createdAt, ArchiveFormat format) {
    return new ArchiveName(createdAt.truncatedTo(ChronoUnit.SECONDS), format);
  }

  /**
   * Reads a name from its text. Only the exact text of a name is one: another prefix, case or
   * suffix, a directory before it, a day or time that the calendar does not have (30 February, hour
   * 24, a leap second) and digits other than {@code 0} to {@code 9} are not.
   *
   * @param fileName the text
   * @return the name, whose {@link #toString} is the same text; empty if the text is not a name
   */
  public static Optional<ArchiveName> parse(String fileName) {
    Matcher text = TEXT.matcher(fileName);
    if (!text.matches()) {
      return Optional.empty();
    }
    return ArchiveFormat.withSuffix(text.group(2))
        .flatMap(
            format ->
                parseTime(text.group(1)).map(createdAt -> new ArchiveName(createdAt, format)));
  }

  private static Optional<Instant> parseTime(String time) {
    try {
      return Optional.of(LocalDateTime.parse(time, TIME).toInstant(ZoneOffset.UTC));
    } catch (DateTimeParseException notInTheCalendar) {
      return Optional.empty();
    }
  }

  /**
   * The name one second later, for when this one is taken.
   *
   * @return the name, of the same format
   * @throws IllegalArgumentException if this is the last second of the year 9999
   */
  public ArchiveName next() {
    return new ArchiveName(createdAt.plusSeconds(1), format);
  }

  /**
   * Tells whether it bears a time that has yet to come, so that some clock is or was wrong. Clocks
   * of two machines differ, and one may be set to local time: a day is allowed for that.
   *
   * @param now what time it is
   * @return true if it was made more than a day after that
   */
  public boolean isFromTheFuture(Instant now) {
    return createdAt.isAfter(now.plus(TOLERANCE));
  }

  @Override
  public int compareTo(ArchiveName other) {
    return ORDER.compare(this, other);
  }

  /** The name as text, which is the archive's file name. */
  @Override
  public String toString() {
    return PREFIX + TIME.format(createdAt.atOffset(ZoneOffset.UTC)) + format.suffix();
  }
}
