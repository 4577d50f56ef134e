package io.chromabackup;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;

/**
 * Says which archives of one source are still wanted. What no policy keeps is deleted, within the
 * limits that {@link RetentionPlan} sets to every policy.
 *
 * <p>Policies combine with {@link #or}: an archive stays if any of them keeps it. A year of backups
 * that thin out with age:
 *
 * <pre>{@code
 * keepWithin(Duration.ofDays(7)).or(keepDaily(30)).or(keepMonthly(12))
 * }</pre>
 *
 * <p>Write one of your own as a function of its arguments alone: it reads no clock, asks no store,
 * and is called more than once for a plan. Its {@code toString} appears in the plan's reasons. The
 * ready-made ones are immutable, and equal if they were made alike.
 */
@FunctionalInterface
public interface RetentionPolicy {
  /**
   * Chooses the archives to keep.
   *
   * @param archives the archives to choose from, unmodifiable and in no particular order; none was
   *     made later than {@code now}
   * @param now the time that ages are counted to
   * @return those that stay; names that are not among {@code archives} do nothing
   */
  Set<ArchiveName> keep(Collection<ArchiveName> archives, Instant now);

  /**
   * Keeps what this policy keeps and what the other does.
   *
   * @param other the other policy
   * @return a policy that keeps whatever either does
   */
  default RetentionPolicy or(RetentionPolicy other) {
    return RetentionRules.AnyOf.of(this, other);
  }

  /**
   * Keeps archives for 30 days, as {@link #keepWithin} does.
   *
   * @return the policy
   */
  static RetentionPolicy ofDefaults() {
    return keepWithin(Duration.ofDays(30));
  }

  /**
   * Keeps what is needed to go back to any moment of the last so many days or hours: every archive
   * that is not older than that, and the newest one that is.
   *
   * <p>Why one more? Take weekly backups, made on the 1st, 8th, 15th, 22nd and 29th, kept for ten
   * days. On the 30th, the window begins on the 20th, and the archives of the 22nd and 29th are in
   * it. But the data of the 20th and 21st was last backed up on the 15th: without that archive,
   * "ten days" would be eight. So the 15th, 22nd and 29th stay, and the 1st and 8th go. And if no
   * backup has succeeded for longer than the window, the last that did stays.
   *
   * <p>A clock that is wrongly far ahead makes every archive look old. Where that can happen, add
   * {@link #keepLast}.
   *
   * @param age how long archives are kept; more than zero
   * @return the policy
   * @throws IllegalArgumentException if the age is zero or negative
   */
  static RetentionPolicy keepWithin(Duration age) {
    if (age.isZero() || age.isNegative()) {
      throw new IllegalArgumentException(
          "keepWithin(" + age + ") would keep nothing for any time: the age must be more than 0");
    }
    return new RetentionRules.Within(age);
  }

  /**
   * Keeps the newest archives of each source, however old they are.
   *
   * @param count how many; at least 1
   * @return the policy
   * @throws IllegalArgumentException if the count is less than 1
   */
  static RetentionPolicy keepLast(int count) {
    return newestOfEach("keepLast", count, RetentionRules.Period.ARCHIVE);
  }

  /**
   * Keeps the newest archive of each of the last days that have one.
   *
   * <p>Days without any archive do not count, here and in the weekly, monthly and yearly policies:
   * a month without backups does not empty the store. The days are those of UTC, which all have 24
   * hours.
   *
   * @param count how many days; at least 1
   * @return the policy
   * @throws IllegalArgumentException if the count is less than 1
   */
  static RetentionPolicy keepDaily(int count) {
    return newestOfEach("keepDaily", count, RetentionRules.Period.DAY);
  }

  /**
   * Keeps the newest archive of each of the last weeks that have one. Weeks begin on Monday (ISO
   * 8601), in UTC.
   *
   * @param count how many weeks; at least 1
   * @return the policy
   * @throws IllegalArgumentException if the count is less than 1
   */
  static RetentionPolicy keepWeekly(int count) {
    return newestOfEach("keepWeekly", count, RetentionRules.Period.WEEK);
  }

  /**
   * Keeps the newest archive of each of the last calendar months that have one, in UTC.
   *
   * @param count how many months; at least 1
   * @return the policy
   * @throws IllegalArgumentException if the count is less than 1
   */
  static RetentionPolicy keepMonthly(int count) {
    return newestOfEach("keepMonthly", count, RetentionRules.Period.MONTH);
  }

  /**
   * Keeps the newest archive of each of the last calendar years that have one, in UTC.
   *
   * @param count how many years; at least 1
   * @return the policy
   * @throws IllegalArgumentException if the count is less than 1
   */
  static RetentionPolicy keepYearly(int count) {
    return newestOfEach("keepYearly", count, RetentionRules.Period.YEAR);
  }

  /**
   * Keeps every archive.
   *
   * @return the policy
   */
  static RetentionPolicy keepAll() {
    return new RetentionRules.All();
  }

  private static RetentionPolicy newestOfEach(
      String factory, int count, RetentionRules.Period period) {
    if (count < 1) {
      throw new IllegalArgumentException(
          factory + "(" + count + ") would keep nothing: the count must be at least 1");
    }
    return new RetentionRules.NewestOfEach(count, period);
  }
}
