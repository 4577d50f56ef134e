package io.chromabackup.testkit.faults;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a disk has of a tree of files: what is there now, and what was synced. */
final class Disk {
  private static final int SECTOR = 512;

  /** A change that was made to the files, for the disk to note. */
  interface Change {
    void on(Disk disk) throws IOException;
  }

  /** A file or a directory, whatever names it has. */
  private abstract static class Node {
    Attributes attributes = Attributes.NONE;
  }

  private static final class File extends Node {
    byte[] synced;

    /** What was in it when it was last looked at. */
    byte[] last;

    File(byte[] synced, byte[] last) {
      this.synced = synced;
      this.last = last;
    }
  }

  private static final class Directory extends Node {
    final Map<String, Node> now = new TreeMap<>();
    final Map<String, Node> synced = new TreeMap<>();
    final List<Naming> pending = new ArrayList<>();
  }

  /** A name that was given or taken away, and not synced. */
  private static final class Naming {
    final Directory directory;
    final String name;
    final @Nullable Node node;
    boolean forced;

    /** The other half, if this is a move between two directories. */
    @Nullable Naming half;

    Naming(Directory directory, String name, @Nullable Node node) {
      this.directory = directory;
      this.name = name;
      this.node = node;
    }

    boolean isDurable() {
      return forced && (half == null || half.forced);
    }

    void applyTo(Map<String, Node> names) {
      if (node == null) {
        names.remove(name);
      } else {
        names.put(name, node);
      }
    }
  }

  private final Map<Path, Directory> roots = new HashMap<>();

  private Disk() {}

  /** All that is there counts as synced. */
  static Disk of(List<Path> roots) throws IOException {
    Disk disk = new Disk();
    for (Path root : roots) {
      disk.roots.put(root, (Directory) load(root));
    }
    return disk;
  }

  private static Node load(Path path) throws IOException {
    Node node;
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      Directory directory = new Directory();
      try (Stream<Path> children = Files.list(path)) {
        for (Path child : children.toList()) {
          directory.now.put(String.valueOf(child.getFileName()), load(child));
        }
      }
      directory.synced.putAll(directory.now);
      node = directory;
    } else {
      byte[] content = Files.readAllBytes(path);
      node = new File(content, content);
    }
    node.attributes = Attributes.of(path);
    return node;
  }

  synchronized void note(Change change) throws IOException {
    change.on(this);
  }

  private @Nullable Directory parent(Path path) {
    Path parent = path.toAbsolutePath().normalize().getParent();
    return parent != null && find(parent) instanceof Directory directory ? directory : null;
  }

  private @Nullable Node find(Path path) {
    Path wanted = path.toAbsolutePath().normalize();
    for (Map.Entry<Path, Directory> root : roots.entrySet()) {
      if (wanted.startsWith(root.getKey())) {
        Node node = root.getValue();
        for (int name = root.getKey().getNameCount(); name < wanted.getNameCount(); name++) {
          node =
              node instanceof Directory directory
                  ? directory.now.get(wanted.getName(name).toString())
                  : null;
        }
        return node;
      }
    }
    return null;
  }

  private static Naming name(Directory directory, Path path, @Nullable Node node) {
    Naming naming = new Naming(directory, String.valueOf(path.getFileName()), node);
    naming.applyTo(directory.now);
    directory.pending.add(naming);
    return naming;
  }

  /** A new name, of a new file or directory. */
  static Change created(Path path) {
    return disk -> {
      Directory parent = disk.parent(path);
      if (parent != null) {
        boolean directory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
        name(parent, path, directory ? new Directory() : new File(new byte[0], new byte[0]));
      }
    };
  }

  /** Another name of a file. */
  static Change linked(Path link, Path existing) {
    return disk -> {
      Directory parent = disk.parent(link);
      if (parent != null) {
        name(parent, link, disk.find(existing));
      }
    };
  }

  /** What is about to lose its name may come back: it is read while it is there. */
  static Change aboutToVanish(Path path) {
    return disk -> {
      Node node = disk.find(path);
      if (node != null && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        look(node, path);
      }
    };
  }

  static Change deleted(Path path) {
    return disk -> {
      Directory parent = disk.parent(path);
      if (parent != null) {
        name(parent, path, null);
      }
    };
  }

  static Change moved(Path source, Path target) {
    return disk -> {
      Directory from = disk.parent(source);
      Directory to = disk.parent(target);
      Node node = disk.find(source);
      if (from == null || to == null || node == null) {
        return;
      }
      if (source.toAbsolutePath().equals(target.toAbsolutePath())) {
        return;
      }
      Naming gone = name(from, source, null);
      Naming come = name(to, target, node);
      gone.half = come;
      come.half = gone;
    };
  }

  static Change fileSynced(Path path) {
    return disk -> {
      if (disk.find(path) instanceof File file && Files.exists(path)) {
        look(file, path);
        file.synced = file.last;
      }
    };
  }

  static Change directorySynced(Path path) {
    return disk -> {
      if (disk.find(path) instanceof Directory directory) {
        directory.pending.forEach(naming -> naming.forced = true);
        Set<Directory> others = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Naming naming : directory.pending) {
          if (naming.half != null) {
            others.add(naming.half.directory);
          }
        }
        settle(directory);
        others.forEach(Disk::settle);
      }
    };
  }

  /** Changes of one name stay in their order, also behind one that is not durable yet. */
  private static void settle(Directory directory) {
    Set<String> waiting = new HashSet<>();
    List<Naming> left = new ArrayList<>();
    for (Naming naming : directory.pending) {
      if (naming.isDurable() && !waiting.contains(naming.name)) {
        naming.applyTo(directory.synced);
      } else {
        waiting.add(naming.name);
        left.add(naming);
      }
    }
    directory.pending.clear();
    directory.pending.addAll(left);
  }

  private static void look(Node node, Path path) throws IOException {
    node.attributes = Attributes.of(path);
    if (node instanceof File file) {
      file.last = Files.readAllBytes(path);
    } else {
      for (Map.Entry<String, Node> child : ((Directory) node).now.entrySet()) {
        Path there = path.resolve(child.getKey());
        if (Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
          look(child.getValue(), there);
        }
      }
    }
  }

  /** Writes what the disk kept in place of what is there. */
  synchronized void restart(PowerLoss loss, Random random) throws IOException {
    for (Map.Entry<Path, Directory> root : roots.entrySet()) {
      look(root.getValue(), root.getKey());
      empty(root.getKey());
    }
    Kept kept = new Kept(loss, random);
    for (Map.Entry<Path, Directory> root : roots.entrySet()) {
      kept.writeChildren(root.getValue(), root.getKey());
    }
  }

  private static void empty(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            if (!directory.equals(root)) {
              Files.delete(directory);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** What a power loss leaves of each file and directory; decided once for each. */
  private static final class Kept {
    private final PowerLoss loss;
    private final Random random;

    /** How many of its pending changes each directory has kept. */
    private final IdentityHashMap<Directory, Integer> prefixes = new IdentityHashMap<>();

    private final IdentityHashMap<File, Path> written = new IdentityHashMap<>();

    Kept(PowerLoss loss, Random random) {
      this.loss = loss;
      this.random = random;
    }

    void writeChildren(Directory directory, Path path) throws IOException {
      for (Map.Entry<String, Node> child : names(directory).entrySet()) {
        Path there = path.resolve(child.getKey());
        Node node = child.getValue();
        if (node instanceof File file) {
          write(file, there);
        } else {
          Files.createDirectory(there);
          writeChildren((Directory) node, there);
          node.attributes.writeTo(there);
        }
      }
    }

    private void write(File file, Path path) throws IOException {
      Path other = written.putIfAbsent(file, path);
      if (other == null) {
        Files.write(path, content(file));
        file.attributes.writeTo(path);
      } else {
        Files.createLink(path, other);
      }
    }

    private Map<String, Node> names(Directory directory) {
      return switch (loss) {
        case UNSYNCED_KEPT -> directory.now;
        case UNSYNCED_DROPPED -> directory.synced;
        case UNSYNCED_TORN -> torn(directory);
      };
    }

    private Map<String, Node> torn(Directory directory) {
      Map<String, Node> names = new TreeMap<>(directory.synced);
      for (Naming naming : directory.pending) {
        if (isKept(naming) && (naming.half == null || isKept(naming.half))) {
          naming.applyTo(names);
        }
      }
      return names;
    }

    private boolean isKept(Naming naming) {
      Directory directory = naming.directory;
      int prefix =
          prefixes.computeIfAbsent(directory, any -> random.nextInt(directory.pending.size() + 1));
      int index = directory.pending.indexOf(naming);
      return index < prefix; // -1 if it is durable
    }

    private byte[] content(File file) {
      return switch (loss) {
        case UNSYNCED_KEPT -> file.last;
        case UNSYNCED_DROPPED -> file.synced;
        case UNSYNCED_TORN -> Arrays.equals(file.last, file.synced) ? file.last : torn(file);
      };
    }

    private byte[] torn(File file) {
      int size = random.nextBoolean() ? file.last.length : file.synced.length;
      byte[] torn = Arrays.copyOf(file.synced, size);
      for (int sector = 0; sector < size; sector += SECTOR) {
        int length = Math.min(Math.min(SECTOR, size - sector), file.last.length - sector);
        if (length > 0 && random.nextBoolean()) {
          System.arraycopy(file.last, sector, torn, sector, length);
        }
      }
      return torn;
    }
  }
}
