package io.chromabackup.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * How long a server was paused for a backup: a line of {@code growth-SIZE.csv}.
 *
 * @param data bytes of the data directory
 * @param place "directory" or "container"
 * @param percent of the records that changed just before the pause
 * @param changed bytes of the files that changed by that
 * @param held milliseconds in which the server was paused
 * @param copying milliseconds of that between the calls that paused and resumed
 * @param plain milliseconds that {@code cp -r} takes for the files that changed
 * @param attempts how many copies the backup took
 * @param load of the machine in the minute before
 */
record Freeze(
    String size,
    long data,
    String place,
    double percent,
    int run,
    long changed,
    double held,
    double copying,
    double plain,
    int attempts,
    double load) {

  /** What the ratio must not be above. */
  static final double MOST = 1.3;

  static final String HEADER =
      "size;data_bytes;place;churn_percent;run;changed_bytes;held_ms;copying_ms;cp_ms;attempts;load";

  /** How many times the plain copy it took to copy. */
  double ratio() {
    return copying / plain;
  }

  /** Where those of a size are. */
  static String file(DataSize size) {
    return "growth-" + size.label() + ".csv";
  }

  String line() {
    return String.format(
        Locale.ROOT,
        "%s;%d;%s;%s;%d;%d;%.1f;%.1f;%.1f;%d;%.2f",
        size,
        data,
        place,
        percent,
        run,
        changed,
        held,
        copying,
        plain,
        attempts,
        load);
  }

  static List<Freeze> read(Path csv) throws IOException {
    return Files.readAllLines(csv).stream().skip(1).map(Freeze::parse).toList();
  }

  private static Freeze parse(String line) {
    String[] fields = line.split(";", -1);
    return new Freeze(
        fields[0],
        Long.parseLong(fields[1]),
        fields[2],
        Double.parseDouble(fields[3]),
        Integer.parseInt(fields[4]),
        Long.parseLong(fields[5]),
        Double.parseDouble(fields[6]),
        Double.parseDouble(fields[7]),
        Double.parseDouble(fields[8]),
        Integer.parseInt(fields[9]),
        Double.parseDouble(fields[10]));
  }
}
