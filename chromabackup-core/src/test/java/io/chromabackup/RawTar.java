package io.chromabackup;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** A tar put together by hand, also one that no tar would write. */
final class RawTar {
  static final int BLOCK = 512;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  RawTar file(String name, byte[] content) {
    return entry(new Header(name, '0').size(content.length), content);
  }

  /** An empty file whose name is longer than a header holds. */
  RawTar gnu(String name) {
    byte[] text = (name + "\0").getBytes(StandardCharsets.UTF_8);
    entry(new Header("././@LongLink", 'L').size(text.length), text);
    return entry(new Header("x", '0'), new byte[0]);
  }

  RawTar directory(String name) {
    return entry(new Header(name, '5'), new byte[0]);
  }

  RawTar entry(Header header, byte[] content) {
    out.writeBytes(header.bytes());
    out.writeBytes(content);
    out.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
    return this;
  }

  /** What a PAX header says of the entry after it. */
  RawTar pax(String key, String value) {
    return pax('x', key, value);
  }

  RawTar pax(char type, String key, String value) {
    return pax(type, record(key, value));
  }

  RawTar pax(char type, String records) {
    byte[] text = records.getBytes(StandardCharsets.UTF_8);
    return entry(new Header("pax", type).size(text.length), text);
  }

  static String record(String key, String value) {
    int rest = (" " + key + "=" + value + "\n").getBytes(StandardCharsets.UTF_8).length;
    int length = rest + Integer.toString(rest).length();
    if (Integer.toString(length).length() > Integer.toString(rest).length()) {
      length++;
    }
    return length + " " + key + "=" + value + "\n";
  }

  RawTar raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  byte[] unfinished() {
    return out.toByteArray();
  }

  byte[] bytes() {
    out.writeBytes(new byte[2 * BLOCK]);
    return out.toByteArray();
  }

  /** Packed without the end of the tar. */
  byte[] gzUnfinished() {
    return gzip(unfinished());
  }

  byte[] gz() {
    return gzip(bytes());
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  /** One header, with a right checksum unless that is broken on purpose. */
  static final class Header {
    private static final int SIZE = 124;
    private static final int CHECKSUM = 148;

    private final byte[] block = new byte[BLOCK];

    Header(String name, char type) {
      this(name.getBytes(StandardCharsets.UTF_8), type);
    }

    Header(byte[] name, char type) {
      put(0, name);
      octal(100, 8, 0600);
      octal(108, 8, 1000);
      octal(116, 8, 1000);
      octal(SIZE, 12, 0);
      octal(136, 12, 1_700_000_000);
      block[156] = (byte) type;
      put(257, "ustar\0".getBytes(StandardCharsets.US_ASCII));
      put(263, "00".getBytes(StandardCharsets.US_ASCII));
    }

    Header put(int offset, byte[] bytes) {
      System.arraycopy(bytes, 0, block, offset, bytes.length);
      return this;
    }

    Header text(int offset, String text) {
      return put(offset, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private Header octal(int offset, int length, long value) {
      String digits = Long.toOctalString(value);
      return text(offset, "0".repeat(length - 1 - digits.length()) + digits);
    }

    Header size(long size) {
      return octal(SIZE, 12, size);
    }

    /** A size in binary, as GNU tar writes what does not fit. */
    Header binarySize(long size) {
      byte[] number = new byte[12];
      java.util.Arrays.fill(number, (byte) (size < 0 ? 0xff : 0));
      for (int i = 0; i < 8; i++) {
        number[11 - i] = (byte) (size >> 8 * i);
      }
      number[0] |= (byte) 0x80;
      return put(SIZE, number);
    }

    Header mode(int mode) {
      return octal(100, 8, mode);
    }

    Header owner(long number) {
      return octal(108, 8, number).octal(116, 8, number);
    }

    Header link(String target) {
      return text(157, target);
    }

    byte[] bytes() {
      java.util.Arrays.fill(block, CHECKSUM, CHECKSUM + 8, (byte) ' ');
      int sum = 0;
      for (byte b : block) {
        sum += b & 0xff;
      }
      octal(CHECKSUM, 7, sum);
      return block.clone();
    }

    byte[] withWrongChecksum() {
      byte[] bytes = bytes();
      bytes[CHECKSUM + 4] ^= 1;
      return bytes;
    }
  }
}
