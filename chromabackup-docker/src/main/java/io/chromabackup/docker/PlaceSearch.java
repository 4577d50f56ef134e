package io.chromabackup.docker;

import io.chromabackup.docker.ChromaConfiguration.Setting;
import io.chromabackup.docker.PlaceChoice.Candidate;
import io.chromabackup.docker.PlaceChoice.Mounted;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks where in a container Chroma's data may be. */
final class PlaceSearch {
  private static final String DATABASE = "chroma.sqlite3";

  private final Container container;
  private final ContainerFiles files;

  PlaceSearch(Container container, ContainerFiles files) {
    this.container = container;
    this.files = files;
  }

  /** Only where somebody said that it is. */
  PlaceChoice at(String directory) throws IOException {
    String absolute = ContainerFiles.absolute(container.workingDirectory(), directory);
    Candidate said = candidate(absolute, "as given");
    return new PlaceChoice(container, Optional.of(said), List.of(said), mounts());
  }

  /** Where it is configured to be, and wherever else it may have been put. */
  PlaceChoice by(ChromaConfiguration configuration) throws IOException {
    Map<String, Candidate> byDirectory = new LinkedHashMap<>();
    Optional<Candidate> configured = Optional.empty();
    if (configuration.directory().isPresent()) {
      Setting setting = configuration.directory().get();
      Candidate candidate = candidate(setting.value(), setting.from());
      byDirectory.put(candidate.directory(), candidate);
      configured = Optional.of(candidate);
    }
    for (String place : places(container)) {
      Candidate candidate = candidate(place, "");
      byDirectory.putIfAbsent(candidate.directory(), candidate);
    }
    return new PlaceChoice(container, configured, List.copyOf(byDirectory.values()), mounts());
  }

  /** Where it may be if nothing says where it is, the likelier first. */
  static Set<String> places(Container container) {
    List<String> places = new ArrayList<>();
    Optional.ofNullable(container.environment().get("PERSIST_DIRECTORY"))
        .filter(value -> !value.isBlank())
        .ifPresent(places::add);
    places.addAll(PlaceChoice.KNOWN);
    places.add("chroma_data"); // of the Python server, started by chroma run
    for (Container.Mount mount : container.mounts()) {
      places.add(mount.destination());
      places.add(mount.destination() + "/chroma");
    }
    Set<String> absolute = new LinkedHashSet<>();
    for (String place : places) {
      absolute.add(ContainerFiles.absolute(container.workingDirectory(), place));
    }
    return absolute;
  }

  private Candidate candidate(String directory, String from) throws IOException {
    String real = files.real(directory);
    Optional<PathStat> database =
        files.stat(ContainerFiles.absolute(real, DATABASE)).filter(stat -> !stat.directory());
    Optional<PathStat> sign = database.isPresent() ? database : files.stat(journal(real));
    return new Candidate(real, from, sign.map(PathStat::modifiedAt));
  }

  /** Where a restore is unfinished, the database may be away. */
  private static String journal(String directory) {
    return ContainerFiles.absolute(directory, ChromaVolume.WORK + "/journal");
  }

  private List<Mounted> mounts() throws IOException {
    List<Mounted> mounts = new ArrayList<>();
    for (Container.Mount mount : container.mounts()) {
      mounts.add(new Mounted(files.real(mount.destination()), mount));
    }
    return mounts;
  }
}
