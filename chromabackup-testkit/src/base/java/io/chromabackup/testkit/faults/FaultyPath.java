package io.chromabackup.testkit.faults;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import org.jspecify.annotations.Nullable;

/** A path of the file system that is behind, seen through the one that fails. */
final class FaultyPath implements Path {
  private final FaultyFileSystem fileSystem;
  private final Path real;

  FaultyPath(FaultyFileSystem fileSystem, Path real) {
    this.fileSystem = fileSystem;
    this.real = real;
  }

  static Path real(Path path) {
    if (path instanceof FaultyPath faulty) {
      return faulty.real;
    }
    throw new ProviderMismatchException(path + " is a path of another file system");
  }

  private static Path realOrSame(Path path) {
    return path instanceof FaultyPath faulty ? faulty.real : path;
  }

  private Path with(Path other) {
    return new FaultyPath(fileSystem, other);
  }

  private @Nullable Path withNullable(@Nullable Path other) {
    return other == null ? null : with(other);
  }

  @Override
  public FileSystem getFileSystem() {
    return fileSystem;
  }

  @Override
  public boolean isAbsolute() {
    return real.isAbsolute();
  }

  @Override
  public @Nullable Path getRoot() {
    return withNullable(real.getRoot());
  }

  @Override
  public @Nullable Path getFileName() {
    return withNullable(real.getFileName());
  }

  @Override
  public @Nullable Path getParent() {
    return withNullable(real.getParent());
  }

  @Override
  public int getNameCount() {
    return real.getNameCount();
  }

  @Override
  public Path getName(int index) {
    return with(real.getName(index));
  }

  @Override
  public Path subpath(int begin, int end) {
    return with(real.subpath(begin, end));
  }

  @Override
  public boolean startsWith(Path other) {
    return other instanceof FaultyPath && real.startsWith(real(other));
  }

  @Override
  public boolean endsWith(Path other) {
    return other instanceof FaultyPath && real.endsWith(real(other));
  }

  @Override
  public Path normalize() {
    return with(real.normalize());
  }

  @Override
  public Path resolve(Path other) {
    return with(real.resolve(real(other)));
  }

  @Override
  public Path relativize(Path other) {
    return with(real.relativize(real(other)));
  }

  @Override
  public URI toUri() {
    return real.toUri();
  }

  @Override
  public Path toAbsolutePath() {
    return with(real.toAbsolutePath());
  }

  @Override
  public Path toRealPath(LinkOption... options) throws IOException {
    return with(fileSystem.look("resolve", real, () -> real.toRealPath(options)));
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int compareTo(Path other) {
    return real.compareTo(realOrSame(other));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FaultyPath path
        && fileSystem == path.fileSystem
        && real.equals(path.real);
  }

  @Override
  public int hashCode() {
    return real.hashCode();
  }

  @Override
  public String toString() {
    return real.toString();
  }
}
