package io.chromabackup.examples.benchmarks;

import io.chromabackup.examples.benchmarks.Measurement.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Makes tables and plots of the figures. */
final class Report {
  private static final String BEGIN = "<!--results-->";
  private static final String END = "<!--/results-->";
  private static final double MEGABYTE = 1e6;

  private final Path results;
  private final Path page;
  private final List<String> lines = new ArrayList<>();

  private Report(Path results, Path page) {
    this.results = results;
    this.page = page;
  }

  /**
   * Puts them into a page, between two comments if it has these, and the plots beside the figures.
   *
   * @param args the directory with the figures, and the page
   */
  public static void main(String[] args) throws IOException {
    new Report(Path.of(args[0]), Path.of(args[1])).write();
  }

  private void write() throws IOException {
    if (has("machine.md")) {
      say("", "### Where", "");
      lines.addAll(Files.readAllLines(results.resolve("machine.md")));
    }
    List<Comparison> comparisons = new ArrayList<>();
    List<Freeze> freezes = new ArrayList<>();
    for (DataSize size : DataSize.values()) {
      if (has(Measurement.file(size))) {
        comparisons.add(
            new Comparison(
                size.label(), Measurement.read(results.resolve(Measurement.file(size)))));
      }
      if (has(Freeze.file(size))) {
        freezes.addAll(Freeze.read(results.resolve(Freeze.file(size))));
      }
    }
    for (Comparison comparison : comparisons) {
      add(comparison);
    }
    if (!comparisons.isEmpty()) {
      addSizes(comparisons);
    }
    if (!freezes.isEmpty()) {
      addFreezes(freezes);
    }
    if (has("jmh.csv")) {
      addMicro(Files.readAllLines(results.resolve("jmh.csv")));
    }
    say("");
    publish();
  }

  private boolean has(String name) {
    return Files.exists(results.resolve(name));
  }

  private void say(String... more) {
    lines.addAll(List.of(more));
  }

  private void publish() throws IOException {
    String body = BEGIN + "\n" + String.join("\n", lines) + END;
    String text = Files.exists(page) ? Files.readString(page) : BEGIN + END + "\n";
    Pattern old = Pattern.compile(BEGIN + ".*?" + END, Pattern.DOTALL);
    Files.writeString(page, old.matcher(text).replaceFirst(Matcher.quoteReplacement(body)));
  }

  private void add(Comparison comparison) throws IOException {
    long runs = comparison.measurements().stream().mapToInt(Measurement::run).distinct().count();
    say(
        "",
        "### "
            + comparison.size()
            + ": "
            + megabytes((double) comparison.dataBytes())
            + ", "
            + runs
            + (runs == 1 ? " run" : " runs"));
    String plot = "macro-" + comparison.size() + ".svg";
    Files.writeString(results.resolve(plot), Plot.of(comparison));
    Path beside = Optional.ofNullable(page.toAbsolutePath().getParent()).orElse(results);
    Path link = beside.relativize(results.toAbsolutePath()).resolve(plot);
    say("", "![Seconds of each operation](" + link + ")", "");
    say(
        "Seconds: median (least–most). ×: times as fast as `tar+gzip -6`, the median of the runs."
            + " Load before the operations: "
            + Spread.of(comparison.measurements().stream().mapToDouble(Measurement::load))
            + ".",
        "");
    say("| | backup | × | verify | × | restore | × | CPU s (b/v/r) | peak MB | archive | held |");
    say("|---|---|---|---|---|---|---|---|---|---|---|");
    comparison.competitors().forEach(name -> say(row(comparison, name)));
    List<String> aims = Aim.all().stream().flatMap(aim -> aim.row(comparison).stream()).toList();
    if (!aims.isEmpty()) {
      say("", "| Aim | Ratio | |", "|---|---|---|");
      aims.forEach(this::say);
    }
  }

  private static String row(Comparison comparison, String name) {
    StringBuilder row = new StringBuilder("| " + name);
    for (Operation operation : Operation.values()) {
      row.append(" | ").append(text(comparison.of(name, operation, Measurement::wall)));
      row.append(" | ")
          .append(
              comparison
                  .ratio(name, operation, Competitor.GZIP, operation, Measurement::wall)
                  .map(ratio -> Spread.number(ratio.median()))
                  .orElse("–"));
    }
    row.append(" | ").append(cpu(comparison, name));
    row.append(" | ").append(peak(comparison, name));
    row.append(" | ")
        .append(median(comparison.of(name, Operation.BACKUP, Report::share), "%.1f %%"));
    row.append(" | ").append(held(comparison, name));
    return row.append(" |").toString();
  }

  private static double share(Measurement measurement) {
    return 100.0 * measurement.stored() / measurement.data();
  }

  /** An engine's work is not seen, so that a sum without it would mislead. */
  private static String cpu(Comparison comparison, String name) {
    return Competitor.worksElsewhere(name)
        ? "–"
        : Arrays.stream(Operation.values())
            .map(operation -> median(comparison.of(name, operation, Measurement::cpu), "%.1f"))
            .collect(Collectors.joining(" / "));
  }

  private static String peak(Comparison comparison, String name) {
    return Competitor.worksElsewhere(name)
        ? "–"
        : median(comparison.of(name, Operation.BACKUP, m -> m.peak() / 1024.0), "%.0f");
  }

  /** Of others it is not known: who wants a good copy has to hold the server all the time. */
  private static String held(Comparison comparison, String name) {
    boolean known =
        comparison.measurements().stream()
            .anyMatch(m -> m.competitor().equals(name) && m.held().isPresent());
    return known
        ? text(comparison.of(name, Operation.BACKUP, m -> m.held().orElse(0) / 1e3)) + " s"
        : "–";
  }

  private static String text(Optional<Spread> spread) {
    return spread.map(Spread::toString).orElse("–");
  }

  private static String median(Optional<Spread> spread, String format) {
    return spread.map(s -> String.format(Locale.ROOT, format, s.median())).orElse("–");
  }

  private static String megabytes(double bytes) {
    return String.format(Locale.ROOT, "%,.0f MB", bytes / MEGABYTE);
  }

  private void addSizes(List<Comparison> comparisons) {
    say("", "### By size", "", "MB of data in a second, and the peak of memory in MB.", "");
    say(
        "| | | "
            + comparisons.stream().map(Comparison::size).collect(Collectors.joining(" | "))
            + " |");
    say("|---|---|" + "---|".repeat(comparisons.size()));
    for (String ours : List.of(Competitor.TAR_GZ, Competitor.TAR_ZST)) {
      for (Operation operation : Operation.values()) {
        String cells =
            comparisons.stream()
                .map(
                    comparison ->
                        median(comparison.of(ours, operation, Report::speed), "%.0f MB/s, ")
                            + median(
                                comparison.of(ours, operation, m -> m.peak() / 1024.0), "%.0f MB"))
                .collect(Collectors.joining(" | "));
        say("| " + ours + " | " + operation + " | " + cells + " |");
      }
    }
  }

  private static double speed(Measurement measurement) {
    return measurement.data() / MEGABYTE / measurement.wall();
  }

  private void addFreezes(List<Freeze> all) {
    say("", "### Freeze under pause", "");
    say(
        "| size | where | records changed | files changed | paused ms | of that, copying |"
            + " `cp -r` of these files | copying against `cp -r` | |");
    say("|---|---|---|---|---|---|---|---|---|");
    Map<String, List<Freeze>> groups =
        all.stream()
            .collect(
                Collectors.groupingBy(
                    f -> "| %s | %s | %s %%".formatted(f.size(), f.place(), f.percent()),
                    LinkedHashMap::new,
                    Collectors.toList()));
    groups.forEach((name, freezes) -> say(row(name, freezes)));
  }

  private static String row(String name, List<Freeze> freezes) {
    Spread ratio = Spread.of(freezes.stream().mapToDouble(Freeze::ratio));
    return String.join(
        " | ",
        name,
        megabytes(Spread.of(freezes.stream().mapToDouble(Freeze::changed)).median()),
        Spread.of(freezes.stream().mapToDouble(Freeze::held)).toString(),
        Spread.of(freezes.stream().mapToDouble(Freeze::copying)).toString(),
        Spread.of(freezes.stream().mapToDouble(Freeze::plain)).toString(),
        ratio.toString(),
        (ratio.median() <= Freeze.MOST ? "met" : "**missed**") + " |");
  }

  /** JMH's own format: benchmark, mode, threads, samples, score, error, unit, parameters. */
  private void addMicro(List<String> csv) {
    say("", "### Codec and inspection alone (JMH)", "");
    say("| | score | ± | |", "|---|---|---|---|");
    for (String line : csv.subList(1, csv.size())) {
      String[] fields = line.replace("\"", "").split(",", -1);
      String name =
          fields[0].substring(fields[0].lastIndexOf('.', fields[0].lastIndexOf('.') - 1) + 1);
      String parameters = String.join(" ", List.of(fields).subList(7, fields.length));
      say(
          "| %s %s | %s | %s | %s |"
              .formatted(
                  name,
                  parameters.toLowerCase(Locale.ROOT),
                  Spread.number(Double.parseDouble(fields[4])),
                  Spread.number(Double.parseDouble(fields[5])),
                  fields[6].equals("ops/s") ? "MB/s" : fields[6]));
    }
  }
}
