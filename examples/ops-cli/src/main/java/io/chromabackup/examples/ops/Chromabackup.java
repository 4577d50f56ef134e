package io.chromabackup.examples.ops;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line itself, which does nothing without a command. */
@Command(
    name = "chromabackup",
    description = "Backs up ChromaDB and restores it: consistent, verified, never half done.",
    mixinStandardHelpOptions = true,
    versionProvider = Chromabackup.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    footer = {
      "",
      "SOURCE is one of:",
      "  docker:NAME              a container, by name or id",
      "  docker:NAME/data/dir     the same, and this is the data directory in it",
      "  compose:PROJECT/SERVICE  the container of a compose service",
      "  file:///srv/chroma       a directory of this machine; or a path with a slash in it",
      "  NAME                     a container, unless there is a directory of that name here"
    })
@SuppressWarnings("NullAway.Init")
final class Chromabackup implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "a command is missing: " + String.join(", ", spec.subcommands().keySet()));
  }

  /** The version that is in the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Chromabackup.class.getPackage().getImplementationVersion();
      return new String[] {"chromabackup " + (version == null ? "(not packaged)" : version)};
    }
  }
}
