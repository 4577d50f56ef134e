package io.chromabackup.chroma;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process with a heap that does not hold the ids must do with it. */
class InspectorMemoryTest {
  private static final int RECORDS = 150_000;
  private static final int DIMENSION = 2;
  private static final int LINKS = 1;
  private static final int ELEMENT = (2 * LINKS + 1) * 4 + DIMENSION * 4 + 8;

  @TempDir Path temporary;

  /** What the process does: {@code directory scratch}. */
  public static void main(String... arguments) throws IOException {
    Inspection inspection = Inspector.inspect(Path.of(arguments[0]), Path.of(arguments[1]));
    System.out.println(inspection.documents() + " " + inspection.faults());
  }

  @Test
  void manyRecordsFitIntoASmallHeap() throws Exception {
    Path directory = Files.createDirectory(temporary.resolve("chroma"));
    Path scratch = Files.createDirectory(temporary.resolve("scratch"));
    String index = makeDatabase(directory.resolve("chroma.sqlite3"));
    makeIndex(Files.createDirectory(directory.resolve(index)));

    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx16m",
                "-cp",
                System.getProperty("java.class.path"),
                InspectorMemoryTest.class.getName(),
                directory.toString(),
                scratch.toString())
            .redirectErrorStream(true)
            .start();

    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .endsWith(RECORDS + " []" + System.lineSeparator());
    assertThat(process.waitFor()).isZero();
    assertThat(scratch).isEmptyDirectory();
  }

  /** Takes a real database, and gives one of its collections many records, all of them saved. */
  private String makeDatabase(Path file) throws Exception {
    Files.copy(Sample.REAL.resolve("chroma.sqlite3"), file);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("DELETE FROM collections WHERE name <> 'notes'");
      statement.execute("UPDATE collections SET dimension = " + DIMENSION);
      statement.execute(
          "DELETE FROM segments WHERE collection NOT IN (SELECT id FROM collections)");
      statement.execute("DELETE FROM embeddings");
      statement.execute("DELETE FROM embeddings_queue");
      statement.execute("DELETE FROM max_seq_id");
      statement.execute("INSERT INTO max_seq_id SELECT id, " + RECORDS + " FROM segments");
      try (PreparedStatement insert =
          connection.prepareStatement(
              "INSERT INTO embeddings (segment_id, embedding_id, seq_id)"
                  + " SELECT id, ?, 1 FROM segments WHERE scope = 'METADATA'")) {
        for (int n = 0; n < RECORDS; n++) {
          insert.setString(1, id(n));
          insert.addBatch();
        }
        insert.executeBatch();
      }
      connection.commit();
      return statement.executeQuery("SELECT id FROM segments WHERE scope = 'VECTOR'").getString(1);
    }
  }

  /** As Rust's hash maps do, this goes through the ids in no order. */
  private static int shuffled(int n) {
    return (int) (n * 7_654_321L % RECORDS);
  }

  private static String id(int n) {
    return "00000000-0000-4000-8000-%012d".formatted(n);
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void makeIndex(Path directory) throws IOException {
    int links = (2 * LINKS + 1) * 4;
    ByteBuffer header = buffer(100).putInt(1).putLong(0).putLong(RECORDS).putLong(RECORDS);
    header.putLong(ELEMENT).putLong(links + 4 * DIMENSION).putLong(links).putInt(0).putInt(0);
    header.putLong(LINKS).putLong(2 * LINKS).putLong(LINKS).putDouble(1).putLong(100);
    Files.write(directory.resolve("header.bin"), header.array());
    ByteBuffer vectors = buffer(RECORDS * ELEMENT);
    for (int n = 0; n < RECORDS; n++) {
      vectors.putLong((n + 1) * ELEMENT - 8, n + 1);
    }
    Files.write(directory.resolve("data_level0.bin"), vectors.array());
    Files.write(directory.resolve("length.bin"), new byte[RECORDS * 4]);
    Files.write(directory.resolve("link_lists.bin"), new byte[RECORDS * 4]);
    try (OutputStream out = Files.newOutputStream(directory.resolve("index_metadata.pickle"))) {
      makePickle(new java.io.BufferedOutputStream(out, 1 << 16));
    }
  }

  /** As {@code serde_pickle} writes it: protocol 3, no memo, batches of 1000 pairs. */
  private static void makePickle(OutputStream out) throws IOException {
    out.write(new byte[] {(byte) 0x80, 3, '}', '('});
    out.write(text("id_to_label"));
    makeMap(out, true);
    out.write(text("label_to_id"));
    makeMap(out, false);
    out.write(text("id_to_seq_id"));
    out.write(new byte[] {'}', 'u', '.'});
    out.flush();
  }

  private static void makeMap(OutputStream out, boolean idFirst) throws IOException {
    out.write(new byte[] {'}', '('});
    for (int i = 0; i < RECORDS; i++) {
      int n = shuffled(i);
      byte[] label = buffer(5).put((byte) 'J').putInt(n + 1).array();
      if (i > 0 && i % 1000 == 0) {
        out.write(new byte[] {'u', '('});
      }
      out.write(idFirst ? text(id(n)) : label);
      out.write(idFirst ? label : text(id(n)));
    }
    out.write('u');
  }

  private static byte[] text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return buffer(5 + bytes.length).put((byte) 'X').putInt(bytes.length).put(bytes).array();
  }
}
