package io.chromabackup.docker;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The containers of an engine in words, for somebody who named one that is not there. */
final class ContainerListing {
  private static final Pattern CHROMA_COMMAND =
      Pattern.compile("\\bchroma\\b.*\\brun\\b|\\buvicorn\\b.*\\bchromadb\\b", Pattern.DOTALL);

  private ContainerListing() {}

  /**
   * Lists those that run, and of the others those that look like Chroma.
   *
   * @param engine the engine's name
   * @param containers inspected
   */
  static String of(String engine, List<Container> containers) {
    if (containers.isEmpty()) {
      return "There are no containers at all in the engine " + engine + ": is it the right one?";
    }
    List<String> sentences = new ArrayList<>();
    List<Container> up = containers.stream().filter(each -> each.state().isUp()).toList();
    sentences.add(up.isEmpty() ? "No container is running" : "Running: " + names(up));
    List<Container> stopped =
        containers.stream().filter(each -> !each.state().isUp() && looksLikeChroma(each)).toList();
    if (!stopped.isEmpty()) {
      sentences.add("Stopped: " + names(stopped));
    }
    sentences.add("Give the name of one of these (docker ps -a lists all)");
    return String.join(". ", sentences);
  }

  /** Whether the name of its image or its command speaks of Chroma. */
  static boolean looksLikeChroma(Container container) {
    return container.image().toLowerCase(Locale.ROOT).contains("chroma")
        || CHROMA_COMMAND.matcher(String.join(" ", container.command())).find();
  }

  private static String names(List<Container> containers) {
    return containers.stream()
        .map(
            each ->
                "%s (%s%s)"
                    .formatted(
                        each.name(),
                        each.image(),
                        looksLikeChroma(each) ? ", looks like Chroma" : ""))
        .collect(Collectors.joining(", "));
  }
}
