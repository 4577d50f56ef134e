package io.chromabackup.examples.ops;

import java.io.PrintWriter;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Puts the commands together. */
final class CommandLines {
  private CommandLines() {}

  static CommandLine of(Terminal terminal, Signals signals) {
    CommandLine line = new CommandLine(new Chromabackup());
    line.addSubcommand(new BackupCommand())
        .addSubcommand(new RestoreCommand())
        .addSubcommand(new ListCommand())
        .addSubcommand(new VerifyCommand())
        .addSubcommand(new PruneCommand())
        .addSubcommand(new RecoverCommand())
        .addSubcommand(new AnalyzeCommand())
        .addSubcommand(new CommandLine.HelpCommand());
    line.getSubcommands().values().stream()
        .map(CommandLine::<Object>getCommand)
        .filter(Operation.class::isInstance)
        .map(Operation.class::cast)
        .forEach(operation -> operation.connect(terminal, signals));
    line.getCommandSpec().exitCodeOnInvalidInput(ExitCode.USAGE.code());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpWidth(100);
    line.getCommandSpec().usageMessage().exitCodeList(ExitCode.meanings());
    line.setParameterExceptionHandler(CommandLines::wrongUsage);
    return line;
  }

  private static int wrongUsage(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("chromabackup: " + e.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    if (Arrays.asList(args).contains("--json")) {
      System.out.println(
          Json.text(Failure.document("Usage", String.valueOf(e.getMessage()), ExitCode.USAGE)));
    }
    return ExitCode.USAGE.code();
  }
}
