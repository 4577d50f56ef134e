package io.chromabackup.examples.ops;

import io.chromabackup.RetentionPolicy;
import java.time.Duration;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which archives stay: what any of the options keeps. */
final class RetentionOptions {
  @Option(
      names = "--keep-days",
      paramLabel = "N",
      defaultValue = "30",
      description = "Keep what the last N days need. Default: ${DEFAULT-VALUE}")
  private int days;

  @Option(names = "--keep-last", paramLabel = "N", description = "And the newest N.")
  private @Nullable Integer last;

  @Option(names = "--keep-daily", paramLabel = "N", description = "And one for each of N days.")
  private @Nullable Integer daily;

  @Option(names = "--keep-weekly", paramLabel = "N", description = "And one for each of N weeks.")
  private @Nullable Integer weekly;

  @Option(names = "--keep-monthly", paramLabel = "N", description = "And one for each of N months.")
  private @Nullable Integer monthly;

  @Option(names = "--keep-yearly", paramLabel = "N", description = "And one for each of N years.")
  private @Nullable Integer yearly;

  /** Throws an IllegalArgumentException if a number is too small. */
  RetentionPolicy policy() {
    RetentionPolicy policy = RetentionPolicy.keepWithin(Duration.ofDays(days));
    policy = with(policy, last, RetentionPolicy::keepLast);
    policy = with(policy, daily, RetentionPolicy::keepDaily);
    policy = with(policy, weekly, RetentionPolicy::keepWeekly);
    policy = with(policy, monthly, RetentionPolicy::keepMonthly);
    return with(policy, yearly, RetentionPolicy::keepYearly);
  }

  private static RetentionPolicy with(
      RetentionPolicy policy, @Nullable Integer count, IntFunction<RetentionPolicy> keep) {
    return count == null ? policy : policy.or(keep.apply(count));
  }
}
