package io.chromabackup.localfs;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * Stands before another file system, counts the steps that change something, and can fail at one of
 * them: once, or for good, as if the process had died there. Directories can be synced in it.
 */
final class SteppingFileSystem extends FileSystem {
  /** What happens at the step that is chosen. */
  enum Fault {
    /** It fails without having done anything. */
    BEFORE,
    /** It is done, and fails. */
    AFTER,
    /** It is not done, and nothing is any more. */
    CRASH
  }

  interface Step<T> {
    T take() throws IOException;
  }

  /** Thrown from the chosen step, and by everything after a crash. */
  static final class Injected extends IOException {
    Injected(String step) {
      super("injected at " + step);
    }
  }

  final List<String> steps = new ArrayList<>();
  boolean links = true;
  Runnable afterListing = () -> {};

  private final FileSystem real;
  private final Provider provider;
  private int chosen;
  private Fault fault = Fault.BEFORE;
  private boolean dead;

  SteppingFileSystem(FileSystem real) {
    this.real = real;
    this.provider = new Provider();
  }

  /** The same path, with this file system before it. */
  Path before(Path path) {
    return wrap(path);
  }

  /** Counts from 1. */
  void failAt(int step, Fault how) {
    steps.clear();
    chosen = step;
    fault = how;
    dead = false;
  }

  <T> T step(String name, Path path, Step<T> step) throws IOException {
    alive(name);
    steps.add(name + " " + path.getFileName());
    if (steps.size() != chosen) {
      return step.take();
    }
    if (fault == Fault.AFTER) {
      step.take();
    }
    dead = fault == Fault.CRASH;
    throw new Injected(chosen + " " + steps.get(chosen - 1));
  }

  private void alive(String name) throws IOException {
    if (dead) {
      throw new Injected(name + ", after the crash");
    }
  }

  private Path wrap(Path path) {
    return (Path)
        Proxy.newProxyInstance(
            Wrapped.class.getClassLoader(),
            new Class<?>[] {Path.class, Wrapped.class},
            (proxy, method, args) -> {
              switch (method.getName()) {
                case "real":
                  return path;
                case "getFileSystem":
                  return this;
                case "toRealPath":
                  alive("toRealPath");
                  break;
                default:
                  break;
              }
              Object[] unwrapped = args == null ? new Object[0] : args.clone();
              for (int i = 0; i < unwrapped.length; i++) {
                unwrapped[i] = unwrapped[i] instanceof Wrapped w ? w.real() : unwrapped[i];
              }
              try {
                Object result = method.invoke(path, unwrapped);
                return result instanceof Path p ? wrap(p) : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  interface Wrapped {
    Path real();
  }

  private static Path real(Path path) {
    return ((Wrapped) path).real();
  }

  private final class Provider extends FileSystemProvider {
    private final FileSystemProvider under = real.provider();

    @Override
    public FileChannel newFileChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      alive("open");
      Path file = real(path);
      if (Files.isDirectory(file)) {
        return SteppingChannel.ofDirectory(SteppingFileSystem.this, file);
      }
      boolean creates =
          options.contains(StandardOpenOption.CREATE_NEW)
              || (options.contains(StandardOpenOption.CREATE) && !Files.exists(file));
      Step<FileChannel> open = () -> under.newFileChannel(file, options, attributes);
      return SteppingChannel.of(
          SteppingFileSystem.this, file, creates ? step("create", file, open) : open.take());
    }

    @Override
    public SeekableByteChannel newByteChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      alive("open");
      Step<SeekableByteChannel> open = () -> under.newByteChannel(real(path), options, attributes);
      return options.contains(StandardOpenOption.CREATE_NEW)
          ? step("create", path, open)
          : open.take();
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(
        Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
      alive("list");
      List<Path> children = new ArrayList<>();
      try (DirectoryStream<Path> under = Files.newDirectoryStream(real(directory))) {
        under.forEach(child -> children.add(wrap(child)));
      }
      afterListing.run();
      return new DirectoryStream<>() {
        @Override
        public java.util.Iterator<Path> iterator() {
          return children.iterator();
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
      if (Files.exists(real(directory), LinkOption.NOFOLLOW_LINKS)) {
        under.createDirectory(real(directory), attributes);
      }
      step("mkdir", directory, () -> Files.createDirectory(real(directory), attributes));
    }

    @Override
    public void createLink(Path link, Path existing) throws IOException {
      alive("link");
      if (!links) {
        throw new UnsupportedOperationException();
      }
      step("link", link, () -> Files.createLink(real(link), real(existing)));
    }

    @Override
    public void delete(Path path) throws IOException {
      alive("delete");
      if (!Files.exists(real(path), LinkOption.NOFOLLOW_LINKS)) {
        under.delete(real(path));
      }
      step(
          "delete",
          path,
          () -> {
            under.delete(real(path));
            return path;
          });
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
      step("move", source, () -> Files.move(real(source), real(target), options));
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
        throws IOException {
      step("set", path, () -> Files.setAttribute(real(path), attribute, value, options));
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) throws IOException {
      step("copy", source, () -> Files.copy(real(source), real(target), options));
    }

    @Override
    public boolean isSameFile(Path one, Path other) throws IOException {
      alive("compare");
      return Files.isSameFile(real(one), real(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
      return Files.isHidden(real(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
      alive("store");
      return Files.getFileStore(real(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
      alive("look");
      under.checkAccess(real(path), modes);
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(
        Path path, Class<V> type, LinkOption... options) {
      return Files.getFileAttributeView(real(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(
        Path path, Class<A> type, LinkOption... options) throws IOException {
      alive("look");
      return Files.readAttributes(real(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
        throws IOException {
      alive("look");
      return Files.readAttributes(real(path), names, options);
    }

    @Override
    public String getScheme() {
      return "stepping";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Path getPath(URI uri) {
      throw new UnsupportedOperationException();
    }
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  @Override
  public void close() {}

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return real.getSeparator();
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    return StreamSupport.stream(real.getRootDirectories().spliterator(), false)
        .map(this::wrap)
        .toList();
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return real.getFileStores();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return real.supportedFileAttributeViews();
  }

  @Override
  public Path getPath(String first, String... more) {
    return wrap(real.getPath(first, more));
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
    throw new UnsupportedOperationException();
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    return real.getUserPrincipalLookupService();
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException();
  }
}
