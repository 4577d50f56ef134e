package io.chromabackup.docker;

import io.chromabackup.docker.Container.State;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Why a container that was started will never do its work, so that nobody waits for it. */
final class ContainerFailure {
  private static final int LINES = 10;
  private static final int LINE_LENGTH = 300;

  private ContainerFailure() {}

  /**
   * Asks the engine.
   *
   * @return what became of it, and its last words; empty while there is hope
   */
  static Optional<String> of(Engine engine, String nameOrId) throws IOException {
    Container container;
    try {
      container = engine.inspect(nameOrId);
    } catch (NoSuchContainer e) {
      return Optional.of("its container is gone (removed by somebody, or by --rm when it ended)");
    }
    Optional<String> why = of(container.state());
    return why.isEmpty() ? why : Optional.of(why.get() + lastWords(engine, container.id()));
  }

  /** For somebody who can do nothing about an engine that does not answer just now. */
  static Optional<String> ofIfKnown(Engine engine, String nameOrId) {
    try {
      return of(engine, nameOrId);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** What such a state means for somebody who waits. */
  static Optional<String> of(State state) {
    return switch (state.status()) {
      case RUNNING, UNKNOWN -> Optional.empty();
      case PAUSED -> Optional.of("its container is paused");
      case CREATED -> Optional.of("its container was never started");
      case RESTARTING ->
          Optional.of(
              "its container ended with exit code %d, and the engine starts it over and over"
                  .formatted(state.exitCode()));
      case EXITED, DEAD, REMOVING ->
          Optional.of("its container ended with exit code " + state.exitCode());
    };
  }

  /** The last lines that a container said, to be put behind a sentence; empty if there are none. */
  static String lastWords(Engine engine, String id) throws InterruptedIOException {
    try {
      return lastWords(engine.logs(id, LINES));
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      return ""; // what it said is only a comfort
    }
  }

  static String lastWords(String log) {
    List<String> lines =
        log.lines().map(ContainerFailure::printable).filter(line -> !line.isBlank()).toList();
    if (lines.isEmpty()) {
      return "";
    }
    return lines.stream()
        .skip(Math.max(0, lines.size() - LINES))
        .collect(Collectors.joining(" | ", ". Its last lines: ", ""));
  }

  private static String printable(String line) {
    String plain = line.replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "").replaceAll("\\p{Cntrl}", " ");
    return plain.length() <= LINE_LENGTH ? plain : plain.substring(0, LINE_LENGTH) + " ...";
  }
}
