package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException.ContainerNotFound;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which containers of an engine are meant by a name.
 *
 * @param containers all that may be meant
 */
record ContainerSearch(List<Container> containers) {
  private static final String ONE_OFF = "com.docker.compose.oneoff";
  private static final String NUMBER = "com.docker.compose.container-number";

  /** Shorter ones are words: db, cafe. */
  private static final Pattern ID_PREFIX = Pattern.compile("[0-9a-f]{4,64}");

  ContainerSearch {
    containers = List.copyOf(containers);
  }

  /** A search among these, without those that this package has made. */
  static ContainerSearch among(List<Container> all) {
    return new ContainerSearch(
        all.stream().filter(each -> !each.labels().containsKey(Purpose.LABEL)).toList());
  }

  /** Those that are called so in any way; an exact name or id outdoes all other ways. */
  List<Container> called(String name) {
    Optional<Container> exact = exactly(name);
    if (exact.isPresent()) {
      return List.of(exact.get());
    }
    return containers.stream()
        .filter(each -> isAlmost(each, name) || isOfService(each, name))
        .toList();
  }

  /** Those of a compose service: all of its replicas, but not what {@code compose run} started. */
  List<Container> ofService(String project, String service) {
    return containers.stream()
        .filter(each -> each.project().equals(Optional.of(project)))
        .filter(each -> isOfService(each, service))
        .toList();
  }

  /**
   * Those that are meant by the name of a dependent of Chroma.
   *
   * @throws ContainerNotFound if the name is not that of a service and means several
   */
  List<Container> dependents(Container chroma, String name) throws ContainerNotFound {
    List<Container> replicas =
        chroma.project().map(project -> ofService(project, name)).orElse(List.of());
    if (!replicas.isEmpty()) {
      return replicas;
    }
    Optional<Container> exact = exactly(name);
    if (exact.isPresent()) {
      return List.of(exact.get());
    }
    List<Container> almost = containers.stream().filter(each -> isAlmost(each, name)).toList();
    if (almost.size() > 1) {
      throw ambiguous(name, almost);
    }
    return almost;
  }

  /** Says what there is of a compose project in which something was not found. */
  String whatProjectHas(String project) {
    TreeSet<String> services =
        containers.stream()
            .filter(each -> each.project().equals(Optional.of(project)))
            .flatMap(each -> each.service().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    if (!services.isEmpty()) {
      return "that project has no such service, but " + String.join(", ", services);
    }
    TreeSet<String> projects =
        containers.stream()
            .flatMap(each -> each.project().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    return projects.isEmpty()
        ? "no container belongs to a compose project"
        : "there is no such project, but " + String.join(", ", projects);
  }

  /** Says that a name means several. */
  static ContainerNotFound ambiguous(String name, List<Container> found) {
    String all = found.stream().map(ContainerSearch::inWords).collect(Collectors.joining(", "));
    return new ContainerNotFound(name, "that may be any of " + all + ". Give the name of one");
  }

  private static String inWords(Container container) {
    String id = container.id().substring(0, Math.min(12, container.id().length()));
    String project = container.project().map(of -> ", compose project " + of).orElse("");
    return "%s (%s, %s%s)".formatted(container.name(), id, container.image(), project);
  }

  private Optional<Container> exactly(String name) {
    String plain = name.startsWith("/") ? name.substring(1) : name;
    Optional<Container> byName =
        containers.stream().filter(each -> each.name().equals(plain)).findFirst();
    return byName.or(() -> containers.stream().filter(each -> each.id().equals(plain)).findFirst());
  }

  /** By the beginning of its id, or as either version of compose would have named it. */
  private static boolean isAlmost(Container container, String name) {
    return (ID_PREFIX.matcher(name).matches() && container.id().startsWith(name))
        || composeName(container, "-").equals(Optional.of(name))
        || composeName(container, "_").equals(Optional.of(name));
  }

  private static Optional<String> composeName(Container container, String separator) {
    Optional<String> number = Optional.ofNullable(container.labels().get(NUMBER));
    if (isOneOff(container) || number.isEmpty()) {
      return Optional.empty();
    }
    return container
        .project()
        .flatMap(
            project ->
                container
                    .service()
                    .map(service -> String.join(separator, project, service, number.get())));
  }

  private static boolean isOfService(Container container, String service) {
    return container.service().equals(Optional.of(service)) && !isOneOff(container);
  }

  private static boolean isOneOff(Container container) {
    return "true".equalsIgnoreCase(container.labels().get(ONE_OFF));
  }
}
