package io.chromabackup.docker;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a container runs, as words; those of a shell's {@code -c} are taken apart as far as they can
 * be without a shell.
 *
 * @param words the command with its arguments
 */
record CommandLine(List<String> words) {
  private static final Set<String> SHELLS = Set.of("sh", "bash", "dash", "ash", "zsh");
  private static final Pattern COMMAND_OPTION = Pattern.compile("-[a-z]*c");
  private static final Pattern SHELL_WORD =
      Pattern.compile("(?:[^\\s'\";&|]|'[^']*'|\"[^\"]*\")+|[;&|]+");
  private static final Pattern YAML = Pattern.compile("(?i).+\\.ya?ml");

  CommandLine {
    words = List.copyOf(words);
  }

  static CommandLine of(List<String> command) {
    for (int i = 0; i + 2 < command.size(); i++) {
      if (SHELLS.contains(lastPart(command.get(i)))
          && COMMAND_OPTION.matcher(command.get(i + 1)).matches()) {
        return new CommandLine(shellWords(command.get(i + 2)));
      }
    }
    return new CommandLine(command);
  }

  /** The value of an option, given as {@code --name value} or {@code --name=value}. */
  Optional<String> option(String name) {
    Optional<String> value = Optional.empty();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals(name) && i + 1 < words.size()) {
        value = Optional.of(words.get(i + 1));
      } else if (word.startsWith(name + "=")) {
        value = Optional.of(word.substring(name.length() + 1));
      }
    }
    return value.filter(CommandLine::isPlain);
  }

  /** Whether it is {@code chroma run}, whatever starts that. */
  boolean runsChroma() {
    return runAt() > 0;
  }

  /** The configuration file that {@code run} is given. */
  Optional<String> configurationFile() {
    return words.stream()
        .skip(runAt() + 1L)
        .limit(runAt() < 0 ? 0 : words.size())
        .takeWhile(word -> !word.matches("[;&|]+"))
        .filter(word -> !word.startsWith("-") && YAML.matcher(word).matches() && isPlain(word))
        .findFirst();
  }

  private int runAt() {
    for (int i = 0; i + 1 < words.size(); i++) {
      if (lastPart(words.get(i)).equals("chroma") && words.get(i + 1).equals("run")) {
        return i + 1;
      }
    }
    return -1;
  }

  private static List<String> shellWords(String line) {
    List<String> words = new ArrayList<>();
    Matcher matcher = SHELL_WORD.matcher(line);
    while (matcher.find()) {
      words.add(matcher.group().replaceAll("['\"]", ""));
    }
    return words;
  }

  private static String lastPart(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Only the shell knows what a variable stands for. */
  private static boolean isPlain(String value) {
    return !value.isBlank() && !value.contains("$") && !value.contains("`");
  }
}
