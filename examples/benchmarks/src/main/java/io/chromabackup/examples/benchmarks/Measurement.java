package io.chromabackup.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * One operation of one competitor in one run: a line of {@code macro-SIZE.csv}.
 *
 * @param data bytes of the data directory
 * @param wall seconds
 * @param cpu seconds
 * @param peak kilobytes
 * @param stored bytes of what the backup made
 * @param held milliseconds, of a backup of ours
 * @param load of the machine in the minute before
 */
record Measurement(
    String size,
    long data,
    int run,
    String competitor,
    Operation operation,
    double wall,
    double cpu,
    long peak,
    long stored,
    OptionalLong held,
    double load) {

  /** What is measured of each. */
  enum Operation {
    BACKUP,
    VERIFY,
    RESTORE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static final String HEADER =
      "size;data_bytes;run;competitor;operation;wall_s;cpu_s;peak_kb;stored_bytes;held_ms;load";

  /** Where those of a size are. */
  static String file(DataSize size) {
    return "macro-" + size.label() + ".csv";
  }

  String line() {
    return String.format(
        Locale.ROOT,
        "%s;%d;%d;%s;%s;%.2f;%.2f;%d;%d;%s;%.2f",
        size,
        data,
        run,
        competitor,
        operation,
        wall,
        cpu,
        peak,
        stored,
        held.isPresent() ? held.getAsLong() : "",
        load);
  }

  static List<Measurement> read(Path csv) throws IOException {
    return Files.readAllLines(csv).stream().skip(1).map(Measurement::parse).toList();
  }

  private static Measurement parse(String line) {
    String[] fields = line.split(";", -1);
    return new Measurement(
        fields[0],
        Long.parseLong(fields[1]),
        Integer.parseInt(fields[2]),
        fields[3],
        Operation.valueOf(fields[4].toUpperCase(Locale.ROOT)),
        Double.parseDouble(fields[5]),
        Double.parseDouble(fields[6]),
        Long.parseLong(fields[7]),
        Long.parseLong(fields[8]),
        fields[9].isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(fields[9])),
        Double.parseDouble(fields[10]));
  }
}
