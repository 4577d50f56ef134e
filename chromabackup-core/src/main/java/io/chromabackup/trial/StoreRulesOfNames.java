package io.chromabackup.trial;

import static io.chromabackup.trial.StoreTrial.attempt;
import static io.chromabackup.trial.StoreTrial.require;

import io.chromabackup.ArchiveName;
import io.chromabackup.files.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** What a store says about itself. */
final class StoreRulesOfNames {
  /** A password in a URI, or what a parameter's name gives away. */
  private static final Pattern SECRET =
      Pattern.compile(
          "://[^/@\\s]*:[^/@\\s]+@"
              + "|(?i)(password|passwd|secret|token|signature|credential|access_?key)[^=:\\s]*[=:]\\s*\\S");

  private StoreRulesOfNames() {}

  static void same(StoreTrial trial) throws IOException {
    String name = trial.store().describe();
    require(!name.isBlank(), "it has no name");
    for (String again : List.of(trial.store().describe(), trial.anotherOrSame().describe())) {
      require(again.equals(name), "it is once '" + name + "' and once '" + again + "'");
    }
  }

  static void noSecret(StoreTrial trial) throws IOException {
    List<String> said = new ArrayList<>();
    said.add(trial.store().describe());
    ArchiveName name = trial.name();
    said.add(String.valueOf(attempt(() -> trial.store().open(name).close())));
    for (String text : said) {
      require(!SECRET.matcher(text).find(), "a name or an error looks as if it held a secret");
      for (String secret : trial.secrets()) {
        require(!text.contains(secret), "a name or an error holds a secret of the store");
      }
    }
  }

  static void space(StoreTrial trial) throws IOException {
    OptionalLong space = trial.store().usableSpace();
    require(space.orElse(0) >= 0, "there are " + space + " bytes of space");
    Path workspace = trial.store().workspace().orElse(null);
    if (workspace != null) {
      require(workspace.isAbsolute(), "the workspace " + workspace + " is not absolute");
      requireMakable(workspace);
    }
  }

  private static void requireMakable(Path workspace) throws IOException {
    List<Path> missing = new ArrayList<>();
    for (Path path = workspace; path != null && !Files.exists(path); path = path.getParent()) {
      missing.add(path);
    }
    try {
      FileTree.create(workspace, "rwx------");
      FileTree.delete(Files.createTempDirectory(workspace, "trial"));
    } finally {
      // what was not there before goes again, the innermost first
      for (Path made : missing) {
        Files.deleteIfExists(made);
      }
    }
  }
}
