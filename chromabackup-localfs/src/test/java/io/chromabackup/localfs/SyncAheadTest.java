package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sync is seen by its failure: nothing is there that could be synced. */
class SyncAheadTest {
  private static final Threads SYNCING = new Threads("chromabackup-syncing-archive");

  @TempDir Path directory;

  @Test
  void aSyncBeginsOnceMuchWasWritten() throws IOException {
    SyncAhead ahead = new SyncAhead(directory.resolve("missing"), bytes -> {});
    ahead.written(SyncAhead.STEP - 1);
    ahead.close();
    ahead.written(1);
    assertThatThrownBy(ahead::close).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void eachTimeMuchWasWrittenItIsSyncedAgain() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    SyncAhead ahead = new SyncAhead(file, bytes -> {});
    ahead.written(SyncAhead.STEP);
    SYNCING.awaitEnd();
    Files.delete(file);
    ahead.written(SyncAhead.STEP);
    assertThatThrownBy(ahead::close).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void howMuchLastsIsToldOnceItDoesAndNotWhatWasWrittenSince() throws Exception {
    List<Long> told = Collections.synchronizedList(new ArrayList<>());
    Path file = Files.createFile(directory.resolve("file"));
    try (SyncAhead ahead = new SyncAhead(file, told::add)) {
      ahead.written(SyncAhead.STEP + 5);
      SYNCING.awaitEnd();
      ahead.written(7);
      assertThat(told).containsExactly(SyncAhead.STEP + 5L);
      ahead.written(SyncAhead.STEP);
    }
    assertThat(told).containsExactly(SyncAhead.STEP + 5L, 2L * SyncAhead.STEP + 12);
  }

  @Test
  void whatCouldNotBeSyncedIsNotSaidToLast() throws Exception {
    List<Long> told = Collections.synchronizedList(new ArrayList<>());
    SyncAhead ahead = new SyncAhead(directory.resolve("missing"), told::add);
    ahead.written(SyncAhead.STEP);
    assertThatThrownBy(ahead::close).isInstanceOf(NoSuchFileException.class);
    assertThat(told).isEmpty();
  }

  /** The kernel tells it once, so whoever writes on would take it for written. */
  @Test
  void aSyncThatFailedIsToldOnceWhateverIsAskedNext() throws Exception {
    SyncAhead written = new SyncAhead(directory.resolve("missing"), bytes -> {});
    written.written(SyncAhead.STEP);
    SYNCING.awaitEnd();
    assertThatThrownBy(() -> written.written(SyncAhead.STEP))
        .isInstanceOf(NoSuchFileException.class);
    written.close();

    SyncAhead closed = new SyncAhead(directory.resolve("missing"), bytes -> {});
    closed.written(SyncAhead.STEP);
    assertThatThrownBy(closed::close).isInstanceOf(NoSuchFileException.class);
    closed.close();
  }

  @Test
  void theOutputDoesNotTakeForWrittenWhatCouldNotBeSynced() throws Exception {
    Path file = directory.resolve("file");
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        SyncAhead ahead = new SyncAhead(directory.resolve("missing"), bytes -> {})) {
      FileOutput output = new FileOutput(channel, ahead, e -> new FileSystemException("told"));
      output.write(new byte[SyncAhead.STEP]);
      assertThatThrownBy(output::finish).isInstanceOf(FileSystemException.class).hasMessage("told");
    }
    SYNCING.awaitEnd();
  }

  @Test
  void anInterruptIsKeptForWhoeverClosesIt() throws Exception {
    SyncAhead ahead = new SyncAhead(Files.createFile(directory.resolve("file")), bytes -> {});
    ahead.written(SyncAhead.STEP);
    Thread.currentThread().interrupt();
    ahead.close();
    assertThat(Thread.interrupted()).isTrue();
    SYNCING.awaitEnd();
  }

  @Test
  void onOtherFileSystemsItDoesNothing() throws Exception {
    SYNCING.awaitEnd();
    try (FileSystem memory = Jimfs.newFileSystem();
        SyncAhead ahead = new SyncAhead(memory.getPath("missing"), bytes -> {})) {
      ahead.written(SyncAhead.STEP);
      assertThat(SYNCING.atWork()).isEmpty();
    }
  }
}
