package io.chromabackup.testkit.faults;

import io.chromabackup.testkit.faults.Steps.Kind;
import java.io.IOException;
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
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Does everything behind the steps. */
final class Provider extends FileSystemProvider {
  private final FaultyFileSystem owner;

  Provider(FaultyFileSystem owner) {
    this.owner = owner;
  }

  private static Path real(Path path) {
    return FaultyPath.real(path);
  }

  private static FileSystemProvider behind(Path path) {
    return path.getFileSystem().provider();
  }

  private <T> T take(Kind kind, String what, Path real, Steps.Step<T> step) throws IOException {
    return owner.steps.take(kind, what, real, step);
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    Path file = real(path);
    if (Files.isDirectory(file) && !options.contains(StandardOpenOption.WRITE)) {
      return take(Kind.READ, "open", file, () -> new DirectoryChannel(owner, file));
    }
    boolean creates =
        options.contains(StandardOpenOption.CREATE_NEW)
            || (options.contains(StandardOpenOption.CREATE)
                && !Files.exists(file, LinkOption.NOFOLLOW_LINKS));
    return take(
        creates ? Kind.FILL : Kind.READ,
        creates ? "create" : "open",
        file,
        () -> {
          FileChannel channel = behind(file).newFileChannel(file, options, attributes);
          if (creates) {
            owner.noted(Disk.created(file));
          }
          return new FaultyChannel(owner, file, channel);
        });
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
    Path real = real(directory);
    List<Path> children =
        take(
            Kind.READ,
            "list",
            real,
            () -> {
              List<Path> listed = new ArrayList<>();
              try (DirectoryStream<Path> stream = Files.newDirectoryStream(real)) {
                stream.forEach(child -> listed.add(owner.path(child)));
              }
              return listed;
            });
    List<Path> accepted = new ArrayList<>();
    for (Path child : children) {
      if (filter.accept(child)) {
        accepted.add(child);
      }
    }
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return accepted.iterator();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
    Path real = real(directory);
    change(
        Kind.FILL,
        "mkdir",
        real,
        () -> behind(real).createDirectory(real, attributes),
        Disk.created(real));
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    Path real = real(link);
    Path target = real(existing);
    owner.requireLinks(link);
    change(
        Kind.FILL,
        "link",
        real,
        () -> behind(real).createLink(real, target),
        Disk.linked(real, target));
  }

  @Override
  public void delete(Path path) throws IOException {
    Path real = real(path);
    owner.noted(Disk.aboutToVanish(real));
    change(Kind.CHANGE, "delete", real, () -> behind(real).delete(real), Disk.deleted(real));
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    Path from = real(source);
    Path to = real(target);
    owner.noted(Disk.aboutToVanish(to));
    change(
        Kind.CHANGE,
        "move",
        from,
        () -> behind(from).move(from, to, options),
        Disk.moved(from, to));
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    Path from = real(source);
    Path to = real(target);
    owner.noted(Disk.aboutToVanish(to));
    change(Kind.FILL, "copy", from, () -> behind(from).copy(from, to, options), Disk.created(to));
  }

  private interface Doing {
    void run() throws IOException;
  }

  private void change(Kind kind, String what, Path real, Doing doing, Disk.Change change)
      throws IOException {
    take(
        kind,
        what,
        real,
        () -> {
          doing.run();
          owner.noted(change);
          return real;
        });
  }

  @Override
  public boolean isSameFile(Path one, Path other) throws IOException {
    if (one.equals(other)) {
      return true;
    }
    if (!(other instanceof FaultyPath)) {
      return false;
    }
    Path real = real(one);
    return owner.look("compare", real, () -> Files.isSameFile(real, real(other)));
  }

  @Override
  public boolean isHidden(Path path) throws IOException {
    Path real = real(path);
    return owner.look("look", real, () -> Files.isHidden(real));
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    Path real = real(path);
    return owner.look("store", real, () -> Files.getFileStore(real));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    Path real = real(path);
    owner.look(
        "look",
        real,
        () -> {
          behind(real).checkAccess(real, modes);
          return real;
        });
  }

  @Override
  public <V extends FileAttributeView> @Nullable V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    Path real = real(path);
    V view = Files.getFileAttributeView(real, type, options);
    return view == null ? null : type.cast(Views.of(owner, real, view));
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    Path real = real(path);
    return owner.look("look", real, () -> Files.readAttributes(real, type, options));
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
      throws IOException {
    Path real = real(path);
    return owner.look("look", real, () -> Files.readAttributes(real, names, options));
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
      throws IOException {
    Path real = real(path);
    take(Kind.CHANGE, "set", real, () -> Files.setAttribute(real, attribute, value, options));
  }

  @Override
  public String getScheme() {
    return "faulty";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
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
