package io.chromabackup.examples.rag;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStore;
import io.chromabackup.BackupOptions;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException.ArchiveDamaged;
import io.chromabackup.ChromaBackupException.Locked;
import io.chromabackup.ChromaBackupException.SourceDamaged;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.Quiet;
import io.chromabackup.RestoreOptions;
import io.chromabackup.RetentionPolicy;
import io.chromabackup.ServiceController;
import io.chromabackup.localfs.LocalArchiveStore;
import io.chromabackup.localfs.LocalChroma;
import io.chromabackup.testkit.Fixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * The keys that docs/operations.md names are those that the library logs, with these levels and
 * names.
 */
class LoggedEventsTest {
  private static final Path DOCUMENT = Path.of("../../docs/operations.md");

  /** | `key` | level | names | when | */
  private static final Pattern ROW =
      Pattern.compile(
          "^\\| `(chromabackup\\.[a-z.]+)` \\| (INFO|WARN) \\| ([^|]*) \\|", Pattern.MULTILINE);

  private static final Pattern NAME =
      Pattern.compile(" ([a-z_]+)=(\"(?:[^\"\\\\]|\\\\.)*\"|[^ \"]+)");

  @TempDir Path directory;
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.chromabackup.operations");
  private ChromaDeployment chroma;
  private Path data;
  private ArchiveStore store;
  private Instant now = Instant.parse("2026-03-01T02:00:00Z");

  @BeforeEach
  void listen() throws IOException {
    said.start();
    logger.setLevel(Level.TRACE);
    logger.addAppender(said);
    data = Fixture.copyTo(directory.resolve("chroma"));
    chroma = LocalChroma.at(data);
    store = LocalArchiveStore.in(directory.resolve("archives"));
  }

  @AfterEach
  void listenNoMore() throws IOException {
    logger.detachAppender(said);
    logger.setLevel(null);
    store.close();
  }

  @Test
  void theDocumentedKeysAreThoseThatAreLogged() throws IOException {
    everyOperationEndsInEveryWay();

    assertThat(logged()).isEqualTo(documented());
  }

  @Test
  void aLineIsReadBackAsItWasMeant() throws IOException {
    Path named = Fixture.copyTo(directory.resolve("a \"quoted\" name=x {} \\ y"));
    backups().backup(LocalChroma.at(named));

    String done =
        said.list.stream()
            .map(ILoggingEvent::getFormattedMessage)
            .filter(line -> line.startsWith("chromabackup.backup.done "))
            .findFirst()
            .orElseThrow();
    assertThat(value(done, "documents")).isEqualTo(Long.toString(Fixture.DOCUMENTS));
    assertThat(value(done, "source")).isEqualTo(LocalChroma.at(named).source().describe());
  }

  private void everyOperationEndsInEveryWay() throws IOException {
    ArchiveName first = backups().backup(chroma).archive().name();
    backups().verify(first);
    backups().restore(first, chroma, RestoreOptions.defaults().replace());
    backups().recover(chroma.heldBy(new Recovering(() -> Optional.of("it was started"))));
    now = now.plus(Duration.ofDays(60));
    backups().backup(chroma);
    now = now.plus(Duration.ofDays(60));
    ArchiveName third = backups().backup(chroma).archive().name();

    damage(directory.resolve("archives").resolve(third.toString()));
    backups().prune();
    assertThatThrownBy(() -> backups().verify(third)).isInstanceOf(ArchiveDamaged.class);
    assertThatThrownBy(() -> backups().restore(third, chroma)).isInstanceOf(IOException.class);
    try (ArchiveStore.Lock lock = store.lock("test")) {
      assertThatThrownBy(() -> backups().prune()).isInstanceOf(Locked.class);
    }
    Recovering lost =
        new Recovering(
            () -> {
              throw new IOException("it does not start");
            });
    assertThatThrownBy(() -> backups().recover(chroma.heldBy(lost))).hasMessageContaining("start");

    damageTheIndex();
    now = now.plus(Duration.ofDays(1));
    assertThatThrownBy(() -> backups().backup(chroma)).isInstanceOf(SourceDamaged.class);
    BackupOptions salvage = BackupOptions.defaults().salvage();
    backups().verify(backups().backup(chroma, salvage).archive().name());
  }

  /** A service of which an earlier process left something. */
  private record Recovering(Recovery recovery) implements ServiceController {
    interface Recovery {
      Optional<String> run() throws IOException;
    }

    @Override
    public Optional<String> recover() throws IOException {
      return recovery.run();
    }

    @Override
    public String describe() {
      return "a service";
    }

    @Override
    public Set<Quiet> offers() {
      return Set.of();
    }

    @Override
    public boolean isRunning() {
      return false;
    }

    @Override
    public Hold pause() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Hold stop() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void start() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void awaitHealthy(Duration patience) {}
  }

  private ChromaBackup backups() {
    return ChromaBackup.builder(store)
        .retention(RetentionPolicy.keepWithin(Duration.ofDays(30)))
        .clock(() -> now)
        .build();
  }

  private SortedSet<String> logged() {
    return said.list.stream()
        .map(event -> key(event) + ' ' + event.getLevel() + ' ' + names(event))
        .collect(toCollection(TreeSet::new));
  }

  private static SortedSet<String> documented() throws IOException {
    return ROW.matcher(Files.readString(DOCUMENT))
        .results()
        .map(row -> "%s %s %s".formatted(row.group(1), row.group(2), row.group(3).strip()))
        .collect(toCollection(TreeSet::new));
  }

  private static String key(ILoggingEvent event) {
    return event.getFormattedMessage().split(" ", 2)[0];
  }

  private static String names(ILoggingEvent event) {
    return String.join(
        " ",
        NAME.matcher(event.getFormattedMessage()).results().map(pair -> pair.group(1)).toList());
  }

  private static String value(String line, String name) {
    return NAME.matcher(line)
        .results()
        .filter(pair -> pair.group(1).equals(name))
        .map(LoggedEventsTest::unquoted)
        .findFirst()
        .orElseThrow();
  }

  private static String unquoted(MatchResult pair) {
    String value = pair.group(2);
    return value.startsWith("\"")
        ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1")
        : value;
  }

  private void damageTheIndex() throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      for (Path index : files.filter(file -> file.endsWith("data_level0.bin")).toList()) {
        Files.write(index, new byte[0]);
      }
    }
  }

  private static void damage(Path archive) throws IOException {
    byte[] bytes = Files.readAllBytes(archive);
    bytes[bytes.length / 2] ^= 1;
    Files.write(archive, bytes);
  }
}
