package io.chromabackup.examples.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ArchiveListing;
import io.chromabackup.ChromaBackup;
import io.chromabackup.Thoroughness;
import io.chromabackup.localfs.LocalArchiveStore;
import io.chromabackup.testkit.faults.FaultyFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerdictTest {
  @TempDir Path directory;

  @Test
  void anArchiveThatCannotBeReadIsNoReasonToReadNoneOfTheOthers() throws IOException {
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
          throw new IOException("Input/output error");
        });

    List<Verdict> verdicts = Verdict.onAll(backups, listings, Thoroughness.FAST);

    assertThat(verdicts).hasSize(2).noneMatch(Verdict::sound);
    assertThat(verdicts.get(0).text()).startsWith("NOT READ: ").contains("Input/output error");
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

  private static ListResult listed(List<Verdict> verdicts) {
    return new ListResult(
        "store",
        List.of(),
        verdicts.stream().collect(Collectors.toMap(v -> v.archive().toString(), v -> v)),
        Forecast.of(List.of(), 30),
        OptionalLong.empty(),
        Instant.EPOCH);
  }
}
