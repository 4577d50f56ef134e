package io.chromabackup.docker;

import static io.chromabackup.docker.DockerCli.lines;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** What the code under test has left in the engine and in Chroma's container since a moment. */
final class Leftovers {
  /** What the code under test labels its own containers with. */
  private static final String PURPOSE = "io.chromabackup.purpose";

  private static final String OWN_NAME = "chromabackup-.*";

  /** A volume that nobody gave a name. */
  private static final String ANONYMOUS = "[0-9a-f]{64}";

  private static final String REPLACED = "/.chromabackup-replaced-";

  private static final int LOOKS = 6;

  private final Stack stack;
  private Set<String> engine = Set.of();
  private Set<String> files = Set.of();

  Leftovers(Stack stack) {
    this.stack = stack;
  }

  /** What is there now is nobody's leftover. */
  void begin() {
    engine = Set.copyOf(inEngine().keySet());
    files = Set.copyOf(filesOutside());
  }

  /** One line for each. */
  List<String> find() {
    Map<String, String> inEngine = inEngine();
    inEngine.keySet().removeAll(engine);
    List<String> found = new ArrayList<>(inEngine.values());
    filesOutside().stream().filter(file -> !files.contains(file)).forEach(found::add);
    found.addAll(filesInData());
    return found;
  }

  /**
   * By kind and id, as the rest of a line may change with time. Other tests may be at work in the
   * engine: what is beside their containers is theirs, and a volume without a name is nobody's only
   * if it stays unused.
   */
  private Map<String, String> inEngine() {
    Map<String, String> found = new TreeMap<>();
    for (String kind : List.of("container", "volume", "network")) {
      boolean container = kind.equals("container");
      String name = container ? "{{.Names}}" : "{{.Name}}";
      String[] command = {kind, "ls", "--format", name + " {{.Labels}}"};
      for (String line : lines(container ? with(command, "--all", "--no-trunc") : command)) {
        String id = line.split(" ", 2)[0];
        boolean ours = id.matches(OWN_NAME) || line.contains(PURPOSE);
        if (ours && line.contains(stack.project())) {
          found.put(kind + " " + id, kind + " " + line);
        }
      }
    }
    for (String volume : unused()) {
      found.put("volume " + volume, "volume " + volume);
    }
    return found;
  }

  private static Set<String> unused() {
    Set<String> unused = dangling();
    for (int look = 1; look < LOOKS && !unused.isEmpty(); look++) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      unused.retainAll(dangling());
    }
    return unused;
  }

  private static Set<String> dangling() {
    Set<String> dangling = new TreeSet<>();
    for (String volume : lines("volume", "ls", "--quiet", "--filter", "dangling=true")) {
      if (volume.matches(ANONYMOUS)) {
        dangling.add(volume);
      }
    }
    return dangling;
  }

  /** What is not as in the image, but for the data and the directories that it is in. */
  private List<String> filesOutside() {
    return lines("diff", stack.container(Stack.CHROMA)).stream()
        .filter(line -> !isData(line.substring(2)))
        .map(line -> "file " + line)
        .toList();
  }

  private boolean isData(String path) {
    String data = stack.dataDirectory() + "/";
    return (path + "/").startsWith(data) || data.startsWith(path + "/");
  }

  /** Asked of the container if it runs, which is cheap; else all of it is copied out. */
  private List<String> filesInData() {
    String data = stack.dataDirectory();
    List<String> names =
        stack.state(Stack.CHROMA).equals("running")
            ? stack.exec(Stack.CHROMA, "find", data).lines().toList()
            : Tars.names(stack.container(Stack.CHROMA), data);
    return names.stream()
        .filter(
            name -> name.contains("chromabackup") && !name.contains(REPLACED)) // kept on purpose
        .map(name -> "file in the data " + name)
        .toList();
  }

  private static String[] with(String[] command, String... more) {
    return Stream.concat(Stream.of(command), Stream.of(more)).toArray(String[]::new);
  }
}
