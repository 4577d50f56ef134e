package io.chromabackup.examples.ops;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

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
    String message = message(e);
    PrintWriter err = command.getErr();
    err.println("chromabackup: " + message);
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    if (Arrays.asList(args).contains("--json")) {
      System.out.println(Json.text(Failure.document("Usage", message, ExitCode.USAGE)));
    }
    return ExitCode.USAGE.code();
  }

  /** What may be a secret is not repeated: what a mistyped option was given, who logs in where. */
  private static String message(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> options =
          unmatched.getUnmatched().stream()
              .filter(argument -> argument.startsWith("-"))
              .map(option -> option.replaceFirst("(?s)=.*", ""))
              .toList();
      if (!options.isEmpty()) {
        return "no such option: " + String.join(", ", options);
      }
    }
    return String.valueOf(e.getMessage()).replaceAll("//[^\\s'\"]*@", "//");
  }
}
