package io.chromabackup.chroma;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A copy of a data directory, to be damaged and inspected. */
final class Sample {
  /** What a real server of 1.5 left; {@code expected.json} beside it is what it says of it. */
  static final Path REAL = Path.of("../examples/quickstart/fixture/chroma");

  private static final Path RESOURCES = Path.of("src/test/resources/chroma");

  final Path directory;
  final Path scratch;

  private Sample(Path directory, Path scratch) {
    this.directory = directory;
    this.scratch = scratch;
  }

  static Sample real(Path temporary) throws IOException {
    return copy(REAL, temporary.resolve("chroma"), temporary);
  }

  /** What Python left: see {@code make_python_directory.py}. */
  static Sample python(Path temporary) throws IOException {
    return copy(resource("python-0.5"), temporary.resolve("chroma"), temporary);
  }

  static Path resource(String name) {
    return RESOURCES.resolve(name);
  }

  static Sample of(Path directory, Path temporary) throws IOException {
    return new Sample(directory, Files.createDirectories(temporary.resolve("scratch")));
  }

  static Sample copy(Path source, Path target, Path temporary) throws IOException {
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Path copy = target.resolve(source.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
    return of(target, temporary);
  }

  Inspection inspect() throws IOException {
    return Inspector.inspect(directory, scratch);
  }

  Inspection inspectFast() throws IOException {
    return Inspector.inspectFast(directory, scratch);
  }

  Path database() {
    return directory.resolve("chroma.sqlite3");
  }

  /** The directory of a collection's vector index. */
  Path index(String collection) throws SQLException {
    return directory.resolve(
        text(
            "SELECT s.id FROM segments s JOIN collections c ON c.id = s.collection"
                + " WHERE s.scope = 'VECTOR' AND c.name = '"
                + collection
                + "'"));
  }

  void sql(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  String text(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      return statement.executeQuery(sql).getString(1);
    }
  }

  long number(String sql) throws SQLException {
    return Long.parseLong(text(sql));
  }

  private Connection connect() throws SQLException {
    if (database().getFileSystem() != FileSystems.getDefault()) {
      throw new IllegalStateException("not for SQLite");
    }
    return DriverManager.getConnection("jdbc:sqlite:" + database());
  }

  void truncate(Path file, long size) throws IOException {
    Files.write(file, java.util.Arrays.copyOf(Files.readAllBytes(file), (int) size));
  }

  static void flip(Path file, long offset, int mask) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) offset] ^= (byte) mask;
    Files.write(file, bytes);
  }

  static void append(Path file, int count) throws IOException {
    Files.write(file, new byte[count], StandardOpenOption.APPEND);
  }

  static ByteBuffer buffer(Path file) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
  }

  static void swap(Path one, Path other) throws IOException {
    Path between = one.resolveSibling("between");
    Files.move(one, between);
    Files.move(other, one);
    Files.move(between, other, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Every file with its content, to see whether anything changed. */
  static Map<String, String> contents(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.collect(
          Collectors.toMap(
              file -> directory.relativize(file).toString(),
              Sample::content,
              (one, other) -> one,
              TreeMap::new));
    }
  }

  private static String content(Path file) {
    try {
      return Files.isDirectory(file)
          ? "directory"
          : java.util.Arrays.hashCode(Files.readAllBytes(file)) + " " + Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
