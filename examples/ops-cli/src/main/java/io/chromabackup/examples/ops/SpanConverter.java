package io.chromabackup.examples.ops;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads spans of time as operators write them: {@code 30s}, {@code 5m}, {@code 1h30m}. */
final class SpanConverter implements ITypeConverter<Duration> {
  private static final Pattern SPAN =
      Pattern.compile("(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,6})s)?");

  @Override
  public Duration convert(String text) {
    Matcher span = SPAN.matcher(text);
    if (!text.isEmpty() && span.matches()) {
      Duration duration =
          Duration.ofHours(number(span.group(1)))
              .plusMinutes(number(span.group(2)))
              .plusSeconds(number(span.group(3)));
      if (!duration.isZero()) {
        return duration;
      }
    }
    throw new TypeConversionException("'" + text + "' is no span of time such as 30s, 5m or 1h30m");
  }

  private static long number(String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
