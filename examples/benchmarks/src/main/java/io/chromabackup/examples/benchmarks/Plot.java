package io.chromabackup.examples.benchmarks;

import io.chromabackup.examples.benchmarks.Measurement.Operation;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Bars of seconds, the shorter the better, with a line from the least to the most. */
final class Plot {
  private static final int LABELS = 190;
  private static final int BARS = 250;
  private static final int GAP = 70;
  private static final int ROW = 22;
  private static final int TOP = 46;
  private static final String OURS = "#2b6cb0";
  private static final String OTHERS = "#a0aec0";

  private final Comparison comparison;
  private final List<String> names;
  private final StringBuilder svg = new StringBuilder();

  private Plot(Comparison comparison) {
    this.comparison = comparison;
    this.names = List.copyOf(comparison.competitors());
  }

  /** An SVG. */
  static String of(Comparison comparison) {
    return new Plot(comparison).draw();
  }

  private String draw() {
    int width = LABELS + Operation.values().length * (BARS + GAP);
    int height = TOP + ROW * names.size() + 10;
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
            + " font-family=\"sans-serif\" font-size=\"12\">",
        width, height, width, height);
    add("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", width, height);
    text(8, 18, "start", "%s of data; seconds, median".formatted(comparison.size()));
    for (int row = 0; row < names.size(); row++) {
      text(LABELS - 8, y(row) + 14, "end", names.get(row));
    }
    int left = LABELS;
    for (Operation operation : Operation.values()) {
      draw(operation, left);
      left += BARS + GAP;
    }
    return svg.append("</svg>\n").toString();
  }

  private void draw(Operation operation, int left) {
    text(left, TOP - 8, "start", operation.toString());
    double longest =
        names.stream()
            .flatMap(name -> seconds(name, operation).stream())
            .mapToDouble(Spread::max)
            .max()
            .orElse(1);
    for (int row = 0; row < names.size(); row++) {
      Optional<Spread> seconds = seconds(names.get(row), operation);
      if (seconds.isPresent()) {
        bar(names.get(row), seconds.get(), left, y(row), BARS / longest);
      }
    }
  }

  private Optional<Spread> seconds(String name, Operation operation) {
    return comparison.of(name, operation, Measurement::wall);
  }

  private void bar(String name, Spread seconds, int left, int y, double scale) {
    add(
        "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
        left, y + 3, seconds.median() * scale, ROW - 8, isOurs(name) ? OURS : OTHERS);
    add(
        "<path d=\"M%.1f %d H%.1f\" stroke=\"#1a202c\"/>",
        left + seconds.min() * scale, y + ROW / 2 - 1, left + seconds.max() * scale);
    text(
        (int) (left + seconds.max() * scale) + 5, y + 14, "start", Spread.number(seconds.median()));
  }

  private static boolean isOurs(String name) {
    return name.startsWith("chromabackup");
  }

  private static int y(int row) {
    return TOP + ROW * row;
  }

  private void text(int x, int y, String anchor, String text) {
    add("<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>", x, y, anchor, text);
  }

  private void add(String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
