package io.chromabackup.localfs;

import io.chromabackup.testkit.Fixture;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A data directory of any size in Chroma's format: the fixture, whose one persisted index is
 * written anew with as many records as wanted. A real server takes hours to make one as large.
 */
final class LargeDirectory {
  private static final int DIMENSION = 384;
  private static final int LINKS_PER_ELEMENT = 32;
  private static final int LINK_BYTES = LINKS_PER_ELEMENT * 4 + 4;
  private static final int ELEMENT_BYTES = LINK_BYTES + DIMENSION * 4 + 8;
  private static final int BATCH = 1000;

  private final Path data;
  private final int records;

  private LargeDirectory(Path data, int records) {
    this.data = data;
    this.records = records;
  }

  static long bytesOf(int records) {
    return (long) records * ELEMENT_BYTES;
  }

  static void make(Path data, int records) throws IOException, SQLException {
    Fixture.copyTo(data);
    new LargeDirectory(data, records).make();
  }

  private void make() throws IOException, SQLException {
    Path segment = Fixture.persistedSegment(data);
    writeHeader(segment.resolve("header.bin"));
    writeVectors(segment.resolve("data_level0.bin"));
    writeFilled(segment.resolve("length.bin"), 4L * records);
    writeFilled(segment.resolve("link_lists.bin"), 4L * records);
    writeIds(segment.resolve("index_metadata.pickle"));
    writeDatabase(segment.getFileName().toString());
  }

  private void writeHeader(Path file) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(1).putLong(0).putLong(records).putLong(records);
    header.putLong(ELEMENT_BYTES).putLong(ELEMENT_BYTES - 8).putLong(LINK_BYTES);
    header.putInt(0).putInt(0).putLong(LINKS_PER_ELEMENT / 2).putLong(LINKS_PER_ELEMENT);
    header.putLong(LINKS_PER_ELEMENT / 2).putDouble(0.36).putLong(100);
    Files.write(file, header.array());
  }

  private void writeVectors(Path file) throws IOException {
    ByteBuffer element = ByteBuffer.allocate(ELEMENT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (OutputStream out = buffered(file)) {
      for (int i = 0; i < records; i++) {
        element.putFloat(LINK_BYTES, i);
        element.putLong(ELEMENT_BYTES - 8, i + 1L);
        out.write(element.array());
      }
    }
  }

  private static void writeFilled(Path file, long bytes) throws IOException {
    byte[] zeros = new byte[1 << 16];
    try (OutputStream out = buffered(file)) {
      for (long left = bytes; left > 0; left -= zeros.length) {
        out.write(zeros, 0, (int) Math.min(left, zeros.length));
      }
    }
  }

  /** As the server writes it: protocol 3, no memo, a thousand items at a time. */
  private void writeIds(Path file) throws IOException {
    try (OutputStream out = buffered(file)) {
      out.write(new byte[] {(byte) 0x80, 3, '}', '('});
      text(out, "dimensionality");
      out.write('N');
      text(out, "total_elements_added");
      number(out, records);
      text(out, "max_seq_id");
      out.write('N');
      dictionary(out, "id_to_label", true);
      dictionary(out, "label_to_id", false);
      dictionary(out, "id_to_seq_id", true);
      out.write(new byte[] {'u', '.'});
    }
  }

  private void dictionary(OutputStream out, String name, boolean idFirst) throws IOException {
    text(out, name);
    out.write('}');
    for (int i = 0; i < records; i++) {
      if (i % BATCH == 0) {
        out.write('(');
      }
      if (idFirst) {
        text(out, id(i));
        number(out, i + 1);
      } else {
        number(out, i + 1);
        text(out, id(i));
      }
      if (i % BATCH == BATCH - 1 || i == records - 1) {
        out.write('u');
      }
    }
  }

  private static void text(OutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write('X');
    out.write(littleEndian(bytes.length));
    out.write(bytes);
  }

  private static void number(OutputStream out, int number) throws IOException {
    out.write('J');
    out.write(littleEndian(number));
  }

  private static byte[] littleEndian(int number) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array();
  }

  private static String id(int i) {
    return "record-with-an-id-of-some-length-" + i;
  }

  private void writeDatabase(String vectorSegment) throws SQLException {
    String url = "jdbc:sqlite:" + data.resolve("chroma.sqlite3");
    try (Connection connection = DriverManager.getConnection(url);
        Statement sql = connection.createStatement()) {
      sql.execute("PRAGMA synchronous = OFF");
      connection.setAutoCommit(false);
      String collection = "(SELECT collection FROM segments WHERE id = '" + vectorSegment + "')";
      String metadataSegment =
          "(SELECT id FROM segments WHERE scope = 'METADATA' AND collection = " + collection + ")";
      sql.execute(
          "DELETE FROM embedding_metadata WHERE id IN (SELECT id FROM embeddings WHERE segment_id"
              + " = "
              + metadataSegment
              + ")");
      sql.execute("DELETE FROM embeddings WHERE segment_id = " + metadataSegment);
      sql.execute(
          "DELETE FROM embeddings_queue WHERE topic = 'persistent://default/default/' || "
              + collection);
      sql.execute("UPDATE collections SET dimension = " + DIMENSION + " WHERE id = " + collection);
      sql.execute(
          "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < "
              + (records - 1)
              + ") INSERT INTO embeddings (segment_id, embedding_id, seq_id) SELECT "
              + metadataSegment
              + ", 'record-with-an-id-of-some-length-' || i, i + 1 FROM n");
      connection.commit();
    }
  }

  private static OutputStream buffered(Path file) throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(file), 1 << 20);
  }
}
