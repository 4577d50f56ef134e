package io.chromabackup.examples.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import io.chromabackup.ArchiveStanding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What programs may rely on stands in the README. */
@DisabledOnOs(OS.WINDOWS)
class JsonPageIT {
  @TempDir private Path here;

  private static String section() throws IOException {
    String page = Files.readString(Path.of("README.md"));
    return page.substring(page.indexOf("## JSON"), page.indexOf("## Cron"));
  }

  @Test
  void eachFieldOfEachCommandsJsonIsTold() throws Exception {
    Trees.copy(Launched.FIXTURE, here.resolve("data"));

    requireTold("backup", "./data");
    requireTold("list");
    requireTold("verify", "--all");
    requireTold("prune", "--dry-run");
    requireTold("restore", "latest", "./copy");
    requireTold("recover", "./data");
    requireTold("analyze");
    requireTold("backup", "./missing");
  }

  @Test
  void eachStandingIsTold() throws IOException {
    for (ArchiveStanding standing : ArchiveStanding.values()) {
      assertThat(section()).contains("| `" + standing.name().toLowerCase(Locale.ROOT) + "` |");
    }
  }

  private void requireTold(String command, String... arguments) throws Exception {
    Stream<String> line =
        Stream.of(Stream.of(Launched.PROGRAM, command, "--json"), Stream.of(arguments))
            .flatMap(words -> words);
    Launched launched = Launched.run(here, Map.of(), line.toList());

    List<String> fields = fields(JSON.std.mapFrom(launched.out())).toList();

    assertThat(fields)
        .as(command)
        .isNotEmpty()
        .allSatisfy(field -> assertThat(told(command)).contains("`" + field + "`"));
  }

  /** What is said of all commands, and of this one. */
  private static String told(String command) throws IOException {
    String section = section();
    String row = "| `" + command + "` |";
    return section.substring(0, section.indexOf("|--"))
        + section.lines().filter(line -> line.startsWith(row)).findFirst().orElse("");
  }

  private static Stream<String> fields(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .flatMap(
              field -> Stream.concat(Stream.of("" + field.getKey()), fields(field.getValue())));
    }
    return value instanceof List<?> list ? list.stream().flatMap(JsonPageIT::fields) : Stream.of();
  }
}
