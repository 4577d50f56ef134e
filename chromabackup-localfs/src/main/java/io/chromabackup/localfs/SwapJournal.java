package io.chromabackup.localfs;

import io.chromabackup.chroma.ChromaLayout;
import io.chromabackup.files.FileTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is being swapped, written down before it is touched. It is replaced in one step, so it is
 * never half written. Its next state is written over a draft that lies ready beside it: on a disk
 * that is full by then a failed restore must be able to say so.
 *
 * @param state how far it has come
 * @param old the names that were live before
 * @param next the names that are to be live after
 */
record SwapJournal(State state, List<String> old, List<String> next) {
  static final String NAME = "journal";
  static final String DRAFT = "journal.tmp";

  private static final Logger log = LoggerFactory.getLogger(SwapJournal.class);

  /** No state's name is longer than another's by more. */
  private static final int LONGER = 16;

  private static final String FIRST = "chromabackup restore journal 1";
  private static final String LAST = "end";
  private static final String STATE = "state ";
  private static final String OLD = "old ";
  private static final String NEXT = "new ";

  /** How far a swap has come. Until it is decided, the way is back. */
  enum State {
    SWAPPING,
    SWAPPED,

    /** The new was seen to be served: what it replaced goes. */
    COMMITTED,

    /** The new was worked on, and nobody has seen it served: what it replaced is kept aside. */
    ADOPTED;

    boolean isDecided() {
      return this == COMMITTED || this == ADOPTED;
    }
  }

  SwapJournal {
    old = List.copyOf(old);
    next = List.copyOf(next);
  }

  SwapJournal in(State newState) {
    return new SwapJournal(newState, old, next);
  }

  /** Writes this into a work directory, durably. */
  void write(Path work) throws IOException {
    Path draft = work.resolve(DRAFT);
    byte[] text = text().getBytes(StandardCharsets.UTF_8);
    fill(draft, text);
    Files.move(draft, work.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
    FileTree.syncDirectory(work);
    makeReady(draft, text.length + LONGER);
  }

  /** Over what is there, but not through a link. */
  private static void fill(Path draft, byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.truncate(bytes.length);
      channel.force(true);
    }
  }

  /** If it cannot be, the next state may still find room. */
  private static void makeReady(Path draft, int length) {
    try {
      fill(draft, new byte[length]);
    } catch (IOException e) {
      log.debug("{} could not be made ready: {}", draft, e.toString());
    }
  }

  /** Reads it from a work directory; empty if there is none. */
  static Optional<SwapJournal> read(Path work) throws IOException {
    try {
      return content(work).map(SwapJournal::parse);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "the restore journal "
              + work.resolve(NAME)
              + " cannot be understood ("
              + e.getMessage()
              + "). Nothing was changed. The data as it was before the restore is in "
              + work.resolve(Swap.OLD)
              + " as far as it is there, and in the data directory else. Put the database and"
              + " directories that you want into the data directory, then delete "
              + work,
          e);
    }
  }

  /** Tells whether one in a work directory says so. One that cannot be understood says nothing. */
  static boolean saysDecided(Path work) throws IOException {
    try {
      return content(work).map(text -> parse(text).state).filter(State::isDecided).isPresent();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** What is no text is read too, and then not understood. */
  private static Optional<String> content(Path work) throws IOException {
    try {
      return Optional.of(Files.readString(work.resolve(NAME), StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Removes it from a work directory, durably. */
  static void remove(Path work) throws IOException {
    Files.deleteIfExists(work.resolve(NAME));
    Files.deleteIfExists(work.resolve(DRAFT));
    FileTree.syncDirectory(work);
  }

  String text() {
    StringBuilder text = new StringBuilder(FIRST).append('\n');
    text.append(STATE).append(state).append('\n');
    old.forEach(name -> text.append(OLD).append(name).append('\n'));
    next.forEach(name -> text.append(NEXT).append(name).append('\n'));
    return text.append(LAST).append('\n').toString();
  }

  static SwapJournal parse(String text) {
    List<String> lines = text.lines().toList();
    int last = lines.size() - 1;
    if (last < 2 || !lines.get(0).equals(FIRST) || !lines.get(last).equals(LAST)) {
      throw new IllegalArgumentException("it does not begin and end as it should");
    }
    if (!lines.get(1).startsWith(STATE)) {
      throw new IllegalArgumentException("it has no state");
    }
    State state = State.valueOf(lines.get(1).substring(STATE.length()));
    List<String> old = new ArrayList<>();
    List<String> next = new ArrayList<>();
    for (String line : lines.subList(2, last)) {
      List<String> names = line.startsWith(OLD) ? old : next;
      names.add(name(line, names == old ? OLD : NEXT));
    }
    return new SwapJournal(state, old, next);
  }

  private static String name(String line, String prefix) {
    String name = line.startsWith(prefix) ? line.substring(prefix.length()) : "";
    if (!ChromaLayout.belongsToChroma(name)) {
      throw new IllegalArgumentException("it names '" + line + "'");
    }
    return name;
  }
}
