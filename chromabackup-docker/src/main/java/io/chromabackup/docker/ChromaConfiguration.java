package io.chromabackup.docker;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a Chroma in a container was told by its command, its environment and its configuration file.
 *
 * @param directory where it keeps its data, if it was told; absolute
 * @param port where it listens
 * @param warnings what of it could not be read
 */
record ChromaConfiguration(Optional<Setting> directory, int port, List<String> warnings) {
  private static final String USUAL_FILE = "/config.yaml";
  private static final String USUAL_DIRECTORY = "./chroma";
  private static final int USUAL_PORT = 8000;

  ChromaConfiguration {
    warnings = List.copyOf(warnings);
  }

  /**
   * A value, and who says so.
   *
   * @param value the value
   * @param from {@code --path}, {@code persist_path in /config.yaml}
   */
  record Setting(String value, String from) {}

  /**
   * What a configuration file says.
   *
   * @param path where it is in the container
   * @param settings what it says; empty if it cannot be read
   */
  record Told(String path, Optional<Map<String, String>> settings) {
    Optional<String> value(String key) {
      return settings.map(all -> all.get(key));
    }
  }

  /** Reads it. The container is not touched, and need not run. */
  static ChromaConfiguration of(Engine engine, Container container) throws IOException {
    ContainerFiles files = new ContainerFiles(engine, container);
    Optional<String> named = file(container);
    Optional<String> path = named.or(() -> usualFile(container));
    if (path.isEmpty() || (named.isEmpty() && files.stat(files.real(path.get())).isEmpty())) {
      return of(container, Optional.empty());
    }
    Optional<String> text = files.text(path.get());
    return of(container, Optional.of(new Told(path.get(), text.flatMap(ConfigFile::settings))));
  }

  /** Which configuration file a container names; absolute. */
  static Optional<String> file(Container container) {
    CommandLine command = CommandLine.of(container.command());
    return command
        .configurationFile()
        .or(() -> command.option("--config"))
        .or(() -> variable(container, "CONFIG_FILE_PATH"))
        .map(path -> ContainerFiles.absolute(container.workingDirectory(), path));
  }

  /** What a container was told, with what is in its configuration file if it has one. */
  static ChromaConfiguration of(Container container, Optional<Told> file) {
    Optional<Setting> directory =
        directories(container, file).map(setting -> absolute(container, setting)).findFirst();
    List<String> warnings =
        file
            .filter(told -> told.settings().isEmpty())
            .map(
                told ->
                    "the configuration %s of container %s cannot be read as YAML, and was left out of account"
                        .formatted(told.path(), container.name()))
            .stream()
            .toList();
    return new ChromaConfiguration(directory, port(container, file), warnings);
  }

  /** {@code chroma run} reads no file unless it is named one; what a script runs may. */
  private static Optional<String> usualFile(Container container) {
    return CommandLine.of(container.command()).runsChroma()
        ? Optional.empty()
        : Optional.of(USUAL_FILE);
  }

  /** In the order in which Chroma minds them. */
  private static Stream<Setting> directories(Container container, Optional<Told> file) {
    CommandLine command = CommandLine.of(container.command());
    return Stream.of(
            command.option("--path").map(value -> new Setting(value, "--path")),
            setting(container, "CHROMA_PERSIST_PATH"),
            file.flatMap(ChromaConfiguration::directory),
            setting(container, "PERSIST_DIRECTORY").filter(setting -> !command.runsChroma()),
            Optional.of(new Setting(USUAL_DIRECTORY, "what chroma run uses if it is not told"))
                .filter(setting -> command.runsChroma() && file.isEmpty()))
        .flatMap(Optional::stream);
  }

  /** A file that does not say has moved the data away from where the image's own file has it. */
  private static Optional<Setting> directory(Told file) {
    if (file.settings().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        file.value("persist_path")
            .map(value -> new Setting(value, "persist_path in " + file.path()))
            .orElse(new Setting(USUAL_DIRECTORY, file.path() + " has no persist_path")));
  }

  private static int port(Container container, Optional<Told> file) {
    return Stream.of(
            CommandLine.of(container.command()).option("--port"),
            variable(container, "CHROMA_PORT"),
            file.flatMap(told -> told.value("port")),
            variable(container, "CHROMA_SERVER_HTTP_PORT"))
        .flatMap(Optional::stream)
        .map(String::strip)
        .filter(text -> text.matches("[0-9]{1,5}"))
        .map(Integer::valueOf)
        .filter(port -> port > 0 && port < 65536)
        .findFirst()
        .orElse(USUAL_PORT);
  }

  private static Setting absolute(Container container, Setting setting) {
    return new Setting(
        ContainerFiles.absolute(container.workingDirectory(), setting.value()), setting.from());
  }

  private static Optional<Setting> setting(Container container, String variable) {
    return variable(container, variable).map(value -> new Setting(value, variable));
  }

  private static Optional<String> variable(Container container, String name) {
    return Optional.ofNullable(container.environment().get(name)).filter(value -> !value.isBlank());
  }
}
