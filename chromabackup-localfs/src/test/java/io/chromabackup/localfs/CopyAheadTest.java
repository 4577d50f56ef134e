package io.chromabackup.localfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.BackupOptions;
import io.chromabackup.BackupReport;
import io.chromabackup.BackupSource;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.DataContents;
import io.chromabackup.Entry;
import io.chromabackup.EntrySink;
import io.chromabackup.HeldCopy;
import io.chromabackup.Quiet;
import io.chromabackup.ServiceController;
import io.chromabackup.files.Settling;
import io.chromabackup.testkit.Fixture;
import io.chromabackup.testkit.faults.FaultyFileSystem;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is copied before a service is held, and what has to be copied while it is. */
class CopyAheadTest {
  private static final String SEGMENT = "5b2f3b0e-0000-4000-8000-000000000000";

  @TempDir Path directory;
  private Path data;
  private final Sink sink = new Sink();

  @BeforeEach
  void makeData() throws IOException {
    data = Files.createDirectory(directory.resolve("chroma"));
    write("chroma.sqlite3", "database");
    Files.createDirectory(data.resolve(SEGMENT));
    write(SEGMENT + "/header.bin", "header");
    write(SEGMENT + "/length.bin", "length");
  }

  private void write(String path, String content) throws IOException {
    Files.writeString(data.resolve(path), content);
  }

  @Test
  void whatDoesNotChangeIsCopiedBeforeTheHoldAlone() throws IOException {
    copy(() -> {});

    assertThat(sink.ahead)
        .containsExactly(
            SEGMENT, SEGMENT + "/header.bin", SEGMENT + "/length.bin", "chroma.sqlite3");
    assertThat(sink.held).containsExactly(SEGMENT);
    assertThat(sink.kept)
        .containsExactly(SEGMENT + "/header.bin", SEGMENT + "/length.bin", "chroma.sqlite3");
  }

  @Test
  void whatChangedSinceIsCopiedAgain() throws IOException {
    copy(() -> write(SEGMENT + "/header.bin", "HEADER"));

    assertThat(sink.held).containsExactly(SEGMENT, SEGMENT + "/header.bin");
    assertThat(sink.content).containsEntry(SEGMENT + "/header.bin", "HEADER");
  }

  @Test
  void aChangeIsSeenAlsoIfItsTimeIsPutBack() throws IOException {
    Path header = data.resolve(SEGMENT).resolve("header.bin");
    FileTime before = Files.getLastModifiedTime(header);
    copy(
        () -> {
          write(SEGMENT + "/header.bin", "HEADER");
          Files.setLastModifiedTime(header, before);
        });

    assertThat(sink.content).containsEntry(SEGMENT + "/header.bin", "HEADER");
  }

  @Test
  void filesThatChangedTheirNamesAreCopiedAgain() throws IOException {
    Path segment = data.resolve(SEGMENT);
    copy(
        () -> {
          Files.move(segment.resolve("header.bin"), segment.resolve("x"));
          Files.move(segment.resolve("length.bin"), segment.resolve("header.bin"));
          Files.move(segment.resolve("x"), segment.resolve("length.bin"));
        });

    assertThat(sink.content)
        .containsEntry(SEGMENT + "/header.bin", "length")
        .containsEntry(SEGMENT + "/length.bin", "header");
  }

  @Test
  void whatCameSinceIsCopiedAndWhatWentIsNotNamed() throws IOException {
    String other = "5b2f3b0e-1111-4111-8111-111111111111";
    copy(
        () -> {
          Files.delete(data.resolve(SEGMENT).resolve("header.bin"));
          Files.delete(data.resolve(SEGMENT).resolve("length.bin"));
          Files.delete(data.resolve(SEGMENT));
          Files.createDirectory(data.resolve(other));
          write(other + "/header.bin", "other");
          write("chroma.sqlite3-journal", "journal");
        });

    assertThat(sink.held).containsExactly(other, other + "/header.bin", "chroma.sqlite3-journal");
    assertThat(sink.kept).containsExactly("chroma.sqlite3");
  }

  /** A service that is held would wait for it. */
  @Test
  void noOtherCopyOfTheDirectoryBeginsBeforeThisOneHasEnded() throws Exception {
    FutureTask<DataContents> asking = new FutureTask<>(() -> source(data).contents(directory));
    Thread other = new Thread(asking);
    try (HeldCopy copy = source(data).copyAhead(sink, directory)) {
      other.start();
      while (other.getState() != Thread.State.WAITING && other.isAlive()) {
        Thread.onSpinWait();
      }
      sink.isHeld = true;
      copy.whileHeld(Quiet.PAUSE);
      copy.afterwards();
      assertThat(other.isAlive()).isTrue();
    }
    assertThat(asking.get()).isNotNull();
  }

  /** As after a SIGCONT by somebody else, or by another process that has the files. */
  @Test
  void whatIsWrittenThoughTheServiceIsHeldSpoilsTheCopy() throws IOException {
    try (HeldCopy copy = source(data).copyAhead(sink, directory)) {
      sink.isHeld = true;
      sink.whenHeld = () -> write(SEGMENT + "/length.bin", "a longer length");

      assertThatThrownBy(() -> copy.whileHeld(Quiet.PAUSE))
          .isInstanceOf(ChromaBackupException.SourceChanged.class)
          .hasMessageContaining(SEGMENT + "/length.bin");
    }
  }

  @Test
  void soItDoesWhereAllIsCopiedWhileItIsHeld() {
    sink.isHeld = true;
    sink.whenHeld = () -> write("chroma.sqlite3", "a larger database");

    assertThatThrownBy(() -> source(data).copyTo(sink, Quiet.STOP, directory))
        .isInstanceOf(ChromaBackupException.SourceChanged.class)
        .hasMessageContaining("chroma.sqlite3");
  }

  @Test
  void aSinkThatKeepsNothingIsGivenAllAgain() throws IOException {
    sink.keeps = false;
    copy(() -> {});

    assertThat(sink.held).isEqualTo(sink.ahead);
  }

  /** Its next change may be in the same tick of the clock, and not be seen. */
  @Test
  void whatIsBeingWrittenIsNotCopiedBeforeTheHold() throws IOException {
    try (FileSystem memory = Trees.inMemory()) {
      Path inMemory = Fixture.copyTo(memory.getPath("/srv/chroma"));
      Path header = Fixture.persistedSegment(inMemory).resolve("header.bin");
      FaultyFileSystem faults = FaultyFileSystem.over(memory);
      String look = "look " + header; // whether it is a file, and then how it is
      faults.after(
          look,
          () ->
              faults.after(
                  look, () -> Files.write(header, new byte[1], StandardOpenOption.APPEND)));
      String path = inMemory.relativize(header).toString();

      HeldCopy copy = source(faults.path(inMemory)).copyAhead(sink, directory);
      assertThat(sink.ahead).isNotEmpty().doesNotContain(path);

      sink.isHeld = true;
      copy.whileHeld(Quiet.PAUSE);
      assertThat(sink.held).contains(path);
    }
  }

  /** A write shows when it begins, and may go on for seconds after that. */
  @Test
  void whatChangedLatelyIsLookedAtTwiceWithTimeInBetween() throws IOException {
    assertThatItIsWaitedFor(data);
  }

  @Test
  void whatHasATimeThatIsYetToComeIsLookedAtTwiceToo() throws IOException {
    try (FileSystem memory = Trees.inMemory()) {
      Path inMemory = Fixture.copyTo(memory.getPath("/srv/chroma"));
      makeOld(inMemory);
      Path header = Fixture.persistedSegment(inMemory).resolve("header.bin");
      Files.setLastModifiedTime(header, FileTime.from(Instant.parse("2999-01-01T00:00:00Z")));

      assertThatItIsWaitedFor(inMemory);
    }
  }

  private void assertThatItIsWaitedFor(Path chroma) {
    Duration days = Duration.ofDays(1);
    Thread waiting = Thread.currentThread();
    Thread waker =
        new Thread(
            () -> {
              while (waiting.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
              }
              waiting.interrupt();
            });
    waker.setDaemon(true);
    waker.start();
    assertThatThrownBy(() -> new LocalSource(chroma, new Settling(days)).copyAhead(sink, directory))
        .isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(sink.ahead).isEmpty();
  }

  @Test
  @Timeout(60)
  void whatIsAllOldIsNotWaitedFor() throws IOException {
    try (FileSystem memory = Trees.inMemory()) {
      Path inMemory = Fixture.copyTo(memory.getPath("/srv/chroma"));
      makeOld(inMemory);

      BackupSource source = new LocalSource(inMemory, new Settling(Duration.ofDays(1)));
      source.copyAhead(sink, directory).close();

      assertThat(sink.ahead).contains("chroma.sqlite3");
    }
  }

  /** In memory, the time of change is that of creation. */
  private static void makeOld(Path chroma) throws IOException {
    FileTime old = FileTime.from(Instant.parse("2026-01-02T03:04:05Z"));
    try (Stream<Path> all = Files.walk(chroma)) {
      for (Path path : all.toList()) {
        Files.getFileAttributeView(path, BasicFileAttributeView.class).setTimes(old, old, old);
      }
    }
  }

  /** There, how a file looks may come from a cache, and a change show seconds later. */
  @Test
  void onAFileSystemThatIsNotKnownAllIsCopiedWhileHeld() throws IOException {
    try (FileSystem memory = Trees.inMemory()) {
      Path inMemory = Fixture.copyTo(memory.getPath("/srv/chroma"));
      FaultyFileSystem faults = FaultyFileSystem.over(memory);
      for (Path file : filesOf(inMemory)) {
        faults.after(
            "store " + file,
            () -> {
              throw new IOException("Mount point not found");
            });
      }

      try (HeldCopy copy = source(faults.path(inMemory)).copyAhead(sink, directory)) {
        sink.isHeld = true;
        copy.whileHeld(Quiet.PAUSE);
      }

      assertThat(sink.kept).isEmpty();
      assertThat(sink.held).contains("chroma.sqlite3");
    }
  }

  private static List<Path> filesOf(Path chroma) throws IOException {
    try (Stream<Path> all = Files.walk(chroma)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"nfs", "nfs4", "cifs", "smb3", "9p", "virtiofs", "fuse.sshfs", "NTFS", ""})
  void whatOthersMayWriteToIsNotTakenForALocalDisk(String type) {
    assertThat(LocalDisks.isKnown(type)).isFalse();
  }

  @Test
  void aFileThatGoesMeanwhileIsNoFailure() throws IOException {
    try (FileSystem memory = Trees.inMemory()) {
      Path inMemory = Fixture.copyTo(memory.getPath("/srv/chroma"));
      Path header = Fixture.persistedSegment(inMemory).resolve("header.bin");
      FaultyFileSystem faults = FaultyFileSystem.over(memory);
      faults.after("look " + header, () -> Files.delete(header));

      try (HeldCopy copy = source(faults.path(inMemory)).copyAhead(sink, directory)) {
        sink.isHeld = true;
        copy.whileHeld(Quiet.PAUSE);
      }

      assertThat(sink.ahead).contains("chroma.sqlite3");
      assertThat(sink.content).doesNotContainKey(inMemory.relativize(header).toString());
    }
  }

  @Test
  void aBackupUnderPauseCopiesOnlyWhatChangedWhileTheServiceIsHeld() throws Exception {
    Path chroma = Fixture.copyTo(directory.resolve("real"));
    Path database = chroma.resolve("chroma.sqlite3");
    ChromaBackup backups = ChromaBackup.using(LocalArchiveStore.in(directory.resolve("backups")));

    BackupReport report =
        backups.backup(
            pausedBy(chroma, () -> setUserVersion(database, 7)),
            BackupOptions.defaults().quiet(Quiet.PAUSE));

    assertThat(report.copiedHeld()).isEqualTo(Files.size(database));
    assertThat(report.copiedAhead()).isGreaterThan(report.copiedHeld());
    assertThat(report.switching()).isLessThanOrEqualTo(report.held());
    Path restored = directory.resolve("restored");
    backups.restore(report.archive().name(), LocalChroma.at(restored));
    assertThat(userVersion(restored.resolve("chroma.sqlite3"))).isEqualTo(7);
    assertThat(Fixture.content(chroma)).containsAllEntriesOf(Fixture.content(restored));
  }

  private static void setUserVersion(Path database, int version) throws IOException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA user_version = " + version);
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private static int userVersion(Path database) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement();
        var result = statement.executeQuery("PRAGMA user_version")) {
      return result.getInt(1);
    }
  }

  private static BackupSource source(Path data) {
    return new LocalSource(data, new Settling(Duration.ofMillis(100)));
  }

  private void copy(Change change) throws IOException {
    try (HeldCopy copy = source(data).copyAhead(sink, directory)) {
      change.run();
      sink.isHeld = true;
      copy.whileHeld(Quiet.PAUSE);
      copy.afterwards();
    }
  }

  private interface Change {
    void run() throws IOException;
  }

  private static ChromaDeployment pausedBy(Path data, Change last) {
    return ChromaDeployment.of(source(data), new LocalTarget(data))
        .heldBy(
            new ServiceController() {
              @Override
              public String describe() {
                return "one that writes until it is held";
              }

              @Override
              public Set<Quiet> offers() {
                return Set.of(Quiet.PAUSE);
              }

              @Override
              public boolean isRunning() {
                return true;
              }

              @Override
              public Hold pause() throws IOException {
                last.run();
                return () -> {};
              }

              @Override
              public Hold stop() {
                throw new UnsupportedOperationException();
              }

              @Override
              public void start() {}

              @Override
              public void awaitHealthy(Duration patience) {}
            });
  }

  /** Remembers what it is given, and when. */
  private static final class Sink implements EntrySink {
    private final List<String> ahead = new ArrayList<>();
    private final List<String> held = new ArrayList<>();
    private final List<String> kept = new ArrayList<>();
    private final Map<String, String> content = new HashMap<>();
    private boolean keeps = true;
    private boolean isHeld;
    private Change whenHeld = () -> {};

    @Override
    public void accept(Entry entry, InputStream in) throws IOException {
      if (isHeld) {
        whenHeld.run();
      }
      (isHeld ? held : ahead).add(entry.path());
      if (entry.isFile()) {
        content.put(entry.path(), new String(in.readAllBytes(), UTF_8));
      }
    }

    @Override
    public boolean keep(Entry entry) {
      if (keeps && content.containsKey(entry.path())) {
        kept.add(entry.path());
        return true;
      }
      return false;
    }
  }
}
