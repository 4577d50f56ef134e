package io.chromabackup.examples.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.ArchiveListing;
import io.chromabackup.BackupOptions;
import io.chromabackup.BackupReport;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaBackupException.NoSpace;
import io.chromabackup.ChromaBackupException.StoreUnusable;
import io.chromabackup.Thoroughness;
import io.chromabackup.localfs.LocalArchiveStore;
import io.chromabackup.localfs.LocalChroma;
import io.chromabackup.testkit.faults.FaultyFileSystem;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VerdictTest {
  @TempDir Path directory;

  static Stream<IOException> reasons() {
    return Stream.of(
        new IOException("Input/output error"),
        new SocketTimeoutException("Read timed out"),
        new NoSpace("/work", new IOException("No space left on device")));
  }

  @ParameterizedTest
  @MethodSource("reasons")
  void anArchiveThatCannotBeReadIsNoReasonToReadNoneOfTheOthers(IOException reason)
      throws IOException {
    Path bad = directory.resolve("chromadb_backup_20261122_020000.tar.gz");
    Files.writeString(bad, "on a bad sector");
    Files.writeString(directory.resolve("chromadb_backup_20261121_020000.tar.gz"), "nonsense");
    FaultyFileSystem faults = FaultyFileSystem.over(directory);
    ChromaBackup backups =
        ChromaBackup.using(LocalArchiveStore.in(faults.path(directory.toAbsolutePath())));
    List<ArchiveListing> listings = backups.list();
    faults.after(
        "open " + bad,
        () -> {
          throw reason;
        });

    List<Verdict> verdicts = Verdict.onAll(backups, listings, Thoroughness.FAST);

    assertThat(verdicts).hasSize(2).noneMatch(Verdict::sound);
    assertThat(verdicts.get(0).text()).startsWith("NOT READ: ").contains(reason.getMessage());
    assertThat(verdicts.get(1).text())
        .contains("is damaged: it is neither gzip nor Zstandard. Nothing");

    VerifyResult both = new VerifyResult("store", verdicts);
    assertThat(both.lines()).last().asString().contains("2 archives, 1 damaged, 1 not read");
    assertThat(both.exitCode()).isEqualTo(ExitCode.DAMAGED);
    VerifyResult first = new VerifyResult("store", verdicts.subList(0, 1));
    assertThat(first.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(listed(verdicts).exitCode()).isEqualTo(ExitCode.DAMAGED);
    assertThat(listed(verdicts.subList(0, 1)).exitCode()).isEqualTo(ExitCode.FAILED);
  }

  /** It stays for a month, and must not hide for that long that another one has rotted. */
  @Test
  void whatWasSalvagedAndIsAsItWasMadeIsNoAlarm() throws IOException {
    Path data = directory.resolve("data");
    Trees.copy(Launched.FIXTURE, data);
    Path store = directory.resolve("store");
    ChromaBackup backups = ChromaBackup.using(LocalArchiveStore.in(store));
    backups.backup(LocalChroma.at(data));
    Files.delete(data.resolve("ca1ea475-9d8d-4ba9-be8f-2089d80036d4/length.bin"));
    BackupReport salvaged =
        backups.backup(LocalChroma.at(data), BackupOptions.defaults().salvage());

    List<Verdict> verdicts = Verdict.onAll(backups, backups.list(), Thoroughness.FAST);
    VerifyResult result = new VerifyResult("store", verdicts);

    assertThat(result.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(result.lines())
        .anyMatch(line -> line.contains("whole, SALVAGED: ") && line.contains("length.bin"))
        .last()
        .asString()
        .contains("2 archives, 0 damaged, 1 salvaged");

    Path file = store.resolve(salvaged.archive().name().toString());
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 10_000));
    assertThat(Verdict.exitCode(Verdict.onAll(backups, backups.list(), Thoroughness.FAST)))
        .isEqualTo(ExitCode.DAMAGED);
  }

  @Test
  void neitherAStoreThatIsGoneNorAnInterruptIsReadOver() throws IOException {
    Path archive = directory.resolve("chromadb_backup_20261122_020000.tar.gz");
    Files.writeString(archive, "any");
    FaultyFileSystem faults = FaultyFileSystem.over(directory);
    ChromaBackup backups =
        ChromaBackup.using(LocalArchiveStore.in(faults.path(directory.toAbsolutePath())));
    List<ArchiveListing> listings = backups.list();
    faults.after(
        "open " + archive,
        () -> {
          throw new StoreUnusable("the store", "its drive is gone", null);
        });

    assertThatThrownBy(() -> Verdict.onAll(backups, listings, Thoroughness.FAST))
        .isInstanceOf(StoreUnusable.class);

    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Verdict.onAll(backups, listings, Thoroughness.FAST))
        .isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  private static ListResult listed(List<Verdict> verdicts) {
    return new ListResult(
        "store",
        List.of(),
        verdicts.stream().collect(Collectors.toMap(v -> v.archive().toString(), v -> v)),
        Forecast.of(List.of(), 30, Instant.EPOCH),
        OptionalLong.empty(),
        Instant.EPOCH);
  }
}
