package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException;
import java.io.IOException;
import java.util.Optional;

/**
 * The container that Chroma runs in. It is asked for by name each time: compose makes it anew.
 *
 * @param engine where it is
 * @param name its name
 * @param directory where its data is, if that was said
 * @param found where its data was when it was first looked for
 */
record ChromaContainer(Engine engine, String name, Optional<String> directory, String found) {
  /** Names the data in reports and archives. */
  String describe() {
    return describeContainer() + found;
  }

  /** What all names begin with that it can have, wherever its data is. */
  String describeContainer() {
    String host = engine.hostName().map(remote -> "//" + remote + "/").orElse("");
    return "docker:" + host + name + ":";
  }

  Container inspect() throws IOException {
    try {
      return engine.inspect(name);
    } catch (NoSuchContainer e) {
      throw new ChromaBackupException.ContainerNotFound(
          name, "it was there, and is not any more. Start it again, then call again");
    }
  }

  /**
   * Refuses if the container was made anew, and has its data elsewhere than it had.
   *
   * @throws ChromaBackupException.TargetUnsuitable if so
   */
  void requireUnmoved(Container before, ChromaPlace where) throws IOException {
    Container now = inspect();
    if (now.id().equals(before.id()) || place(now).isSame(where)) {
      return;
    }
    throw new ChromaBackupException.TargetUnsuitable(
        describe(),
        ("container %s was made anew during the restore, and has its data elsewhere now. See where"
                + " it is to be, then restore again")
            .formatted(name));
  }

  ChromaPlace place(Container container) throws IOException {
    return ChromaPlace.in(engine, container, directory);
  }

  Companions companions() {
    return new Companions(engine, name);
  }

  ChromaVolume volume(Container container, ChromaPlace place) {
    return new ChromaVolume(companions(), container, place.directory());
  }
}
