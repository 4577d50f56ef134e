package io.chromabackup.examples.ops;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all commands have in common: they give a result, or fail, and either is printed. */
@Command(
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showEndOfOptionsDelimiterInUsageHelp = false)
@SuppressWarnings("NullAway.Init")
abstract class Operation implements Callable<Integer> {
  @Mixin OutputOptions output;
  @Mixin StoreOptions store;
  @Spec CommandSpec spec;

  private Terminal terminal;
  private Signals signals;

  void connect(Terminal to, Signals cancelledBy) {
    terminal = to;
    signals = cancelledBy;
  }

  Terminal terminal() {
    return terminal;
  }

  /** Does it. */
  abstract Result run() throws IOException;

  @Override
  public final Integer call() {
    output.configure(terminal);
    try {
      Result result = run();
      terminal.stderr().erase();
      output.print(result);
      return result.exitCode().code();
    } catch (ParameterException e) {
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      terminal.stderr().erase();
      return output.print(Failure.of(e, signals.exitCode()));
    }
  }

  ParameterException wrongUsage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
