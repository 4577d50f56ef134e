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
    line.setExpandAtFiles(false); // an archive may be called so
    line.setUsageHelpWidth(100);
    line.getCommandSpec().usageMessage().exitCodeList(ExitCode.meanings());
    line.setParameterExceptionHandler(CommandLines::wrongUsage);
    return line;
  }

  private static int wrongUsage(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String message = message(e, args);
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
  private static String message(ParameterException e, String[] args) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> options =
          unmatched.getUnmatched().stream()
              .filter(argument -> argument.startsWith("-"))
              .map(option -> option.replaceFirst("(?s)=.*", ""))
              .toList();
      if (!options.isEmpty()) {
        return "no such option: " + String.join(", ", options);
      }
      return tooMany(unmatched, args);
    }
    return String.valueOf(e.getMessage()).replaceAll("//[^\\s'\"]*@", "//");
  }

  /** Where a variable was not quoted, it may be the second half of a header with a token. */
  private static String tooMany(UnmatchedArgumentException unmatched, String[] args) {
    int number = Arrays.asList(args).lastIndexOf(unmatched.getUnmatched().get(0)) + 1;
    CommandLine command = unmatched.getCommandLine();
    return command.getParent() == null
        ? "argument %d is no command; there are %s"
            .formatted(number, String.join(", ", command.getSubcommands().keySet()))
        : "argument %d is one too many".formatted(number);
  }
}
