package io.chromabackup.examples.ops;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a Chroma is, as an operator names it. */
sealed interface SourceAddress {
  /** What can be written. */
  String SCHEMES =
      "docker:NAME (a container's name or id), docker:NAME/data/dir, compose:PROJECT/SERVICE,"
          + " file:///data/dir, a path with a slash in it, or the bare name of a container";

  /** A container. */
  record Container(String name, Optional<String> dataDirectory) implements SourceAddress {}

  /** A service of a compose project. */
  record ComposeService(String project, String service, Optional<String> dataDirectory)
      implements SourceAddress {}

  /** A directory of this machine. */
  record Directory(Path path) implements SourceAddress {}

  /** Throws an IllegalArgumentException that says what can be written. */
  static SourceAddress parse(String text) {
    Matcher scheme = Syntax.SCHEME.matcher(text);
    if (!scheme.matches()) {
      return withoutScheme(text);
    }
    return switch (scheme.group(1)) {
      case "docker" -> container(text, scheme.group(2));
      case "compose" -> composeService(text, scheme.group(2));
      case "file" -> new Directory(PathConverter.of(text));
      default -> throw unclear(text, "there is no scheme " + scheme.group(1) + ":");
    };
  }

  private static SourceAddress withoutScheme(String text) {
    boolean slashed = text.contains("/") || text.contains("\\");
    if (slashed || (!text.isBlank() && Files.isDirectory(Path.of(text)))) {
      return new Directory(PathConverter.of(text));
    }
    if (!Syntax.NAME.matcher(text).matches()) {
      throw unclear(text, "it is neither a path nor a container's name");
    }
    if (Files.exists(Path.of(text))) {
      throw unclear(text, "it is a file here; write docker:" + text + " if a container is meant");
    }
    return new Container(text, Optional.empty());
  }

  private static SourceAddress container(String text, String rest) {
    Matcher parts = Syntax.CONTAINER.matcher(rest);
    if (!parts.matches()) {
      throw unclear(text, "after docker: comes a container's name");
    }
    return new Container(parts.group(1), Optional.ofNullable(parts.group(2)));
  }

  private static SourceAddress composeService(String text, String rest) {
    Matcher parts = Syntax.COMPOSE.matcher(rest);
    if (!parts.matches()) {
      throw unclear(text, "after compose: come a project and a service");
    }
    return new ComposeService(parts.group(1), parts.group(2), Optional.ofNullable(parts.group(3)));
  }

  private static IllegalArgumentException unclear(String text, String why) {
    return new IllegalArgumentException(
        "SOURCE '" + text + "' is not clear: " + why + ". It is one of: " + SCHEMES);
  }

  /** The parts of an address. */
  final class Syntax {
    private static final String WORD = "[a-zA-Z0-9][a-zA-Z0-9_.-]*";
    private static final String DIRECTORY = "(/[^/].*)?";
    private static final Pattern NAME = Pattern.compile(WORD);
    /* a single letter before the colon is a drive of Windows */
    private static final Pattern SCHEME = Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]+):(.*)");
    private static final Pattern CONTAINER = Pattern.compile("(" + WORD + ")" + DIRECTORY);
    private static final Pattern COMPOSE =
        Pattern.compile("(" + WORD + ")/(" + WORD + ")" + DIRECTORY);

    private Syntax() {}
  }
}
