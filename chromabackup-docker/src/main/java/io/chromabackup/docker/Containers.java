package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException.ContainerNotFound;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Finds containers by what people call them. Those of this package's own are never found. */
final class Containers {
  private static final int LISTED_AT_MOST = 50;

  private final Engine engine;

  Containers(Engine engine) {
    this.engine = engine;
  }

  /**
   * A container by its name or id, the beginning of its id, its name as compose would write it, or
   * its compose service if that has one container in the whole engine.
   *
   * @throws ContainerNotFound if there is none, or several; the message lists what there is
   */
  Container named(String nameOrId) throws IOException {
    ContainerSearch search = search();
    return one(nameOrId, search.called(nameOrId), search, "there is none of that name or id");
  }

  /**
   * The container of a compose service.
   *
   * @throws ContainerNotFound if there is none, or several
   */
  Container ofService(String project, String service) throws IOException {
    ContainerSearch search = search();
    return one(
        service + " of compose project " + project,
        search.ofService(project, service),
        search,
        search.whatProjectHas(project));
  }

  /**
   * The containers that are meant by the name of a dependent: all of that service in Chroma's own
   * compose project, else the one of that name or id. A service of another project is not meant.
   *
   * @return none if there is none
   * @throws IllegalArgumentException if Chroma itself is meant
   * @throws ContainerNotFound if the beginning of an id is that of several
   */
  List<Container> dependents(Container chroma, String name) throws IOException {
    ContainerSearch search = search();
    List<Container> found = search.dependents(chroma, name);
    if (found.stream().anyMatch(each -> each.id().equals(chroma.id()))) {
      throw new IllegalArgumentException(
          "%s is Chroma itself (container %s), and cannot depend on it: name what uses Chroma"
              .formatted(name, chroma.name()));
    }
    return inspected(found);
  }

  private Container one(
      String wanted, List<Container> found, ContainerSearch search, String whyNone)
      throws IOException {
    if (found.size() > 1) {
      throw ContainerSearch.ambiguous(wanted, found);
    }
    List<Container> inspected = inspected(found);
    if (inspected.isEmpty()) {
      throw new ContainerNotFound(wanted, whyNone + ". " + listing(search));
    }
    return inspected.get(0);
  }

  private ContainerSearch search() throws IOException {
    return ContainerSearch.among(engine.containers(Map.of()));
  }

  private String listing(ContainerSearch search) throws IOException {
    List<Container> some = search.containers().stream().limit(LISTED_AT_MOST).toList();
    return ContainerListing.of(engine.describe(), inspected(some));
  }

  /** The same containers with all that is known of them; without those that are gone by now. */
  private List<Container> inspected(List<Container> containers) throws IOException {
    List<Container> inspected = new ArrayList<>();
    for (Container container : containers) {
      try {
        inspected.add(engine.inspect(container.id()));
      } catch (NoSuchContainer e) {
        // removed since it was listed
      }
    }
    return inspected;
  }
}
