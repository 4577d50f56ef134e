package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How an archive is proven where there is no room to unpack it: as on the disk to be pruned. */
class VerificationTest {
  private static final ArchiveName NAME = ArchiveName.of(HostileSample.MADE, ArchiveFormat.TAR_GZ);

  private final Shelf shelf = new Shelf();
  private FileSystem small;
  private Verification verification;

  @BeforeEach
  void aSmallDisk() {
    small = Jimfs.newFileSystem(Configuration.unix().toBuilder().setMaxSize(1 << 16).build());
    Path workspace = small.getPath("/work");
    verification = new Verification(shelf, workspace, (phase, done, total) -> {});
  }

  @AfterEach
  void discard() throws IOException {
    small.close();
  }

  @Test
  void oneOfOursIsProvenByItsDigests() throws IOException {
    shelf.put(NAME.toString(), HostileSample.INSTANCE.ownComplete().gz());

    assertThatThrownBy(() -> verification.inspect(NAME, Thoroughness.FAST))
        .isInstanceOf(ChromaBackupException.NoSpace.class);
    VerifyReport report = verification.prove(NAME);

    assertThat(report.isSound()).isTrue();
    assertThat(report.documents()).isPositive();
  }

  @Test
  void oneOfOursThatIsCutShortIsProvenDamaged() {
    byte[] whole = HostileSample.INSTANCE.ownComplete().gz();
    shelf.put(NAME.toString(), Arrays.copyOf(whole, whole.length - 100));

    assertThatThrownBy(() -> verification.prove(NAME))
        .isInstanceOf(ChromaBackupException.ArchiveDamaged.class);
  }

  @Test
  void oneOfTheScriptsHasNoDigestsAndIsNotProven() {
    RawTar legacy = new RawTar().directory("chroma/");
    legacy.file("chroma/chroma.sqlite3", new byte[1 << 18]);
    shelf.put(NAME.toString(), legacy.gz());

    assertThatThrownBy(() -> verification.prove(NAME)).isInstanceOf(IOException.class);
  }

  @Test
  void oneThatCannotBeReadProvesNothingAndStaysAndTheNextIsAsked() throws IOException {
    Instant now = HostileSample.MADE.plus(Duration.ofDays(1));
    ArchiveName newer = ArchiveName.of(now.minusSeconds(60), ArchiveFormat.TAR_GZ);
    shelf.put(NAME.toString(), HostileSample.INSTANCE.ownComplete().gz());
    RawTar legacy = new RawTar().directory("chroma/");
    shelf.put(newer.toString(), legacy.gz());
    Pruning pruning = new Pruning(shelf, RetentionPolicy.keepLast(1), now);

    RetentionPlan plan =
        pruning.plan(
            name -> {
              if (name.equals(newer)) {
                throw new IOException("Input/output error");
              }
              return backups().verify(name);
            });

    assertThat(plan.decisions())
        .extracting(RetentionPlan.Decision::standing)
        .containsExactly(ArchiveStanding.UNREAD, ArchiveStanding.GOOD);
    assertThat(plan.deleted()).isEmpty();
    assertThat(pruning.warnings())
        .anyMatch(warning -> warning.contains("could not be read, and proves nothing: Input"));
  }

  @Test
  void oneThatHoldsUnsoundDataProvesNothingAndAPlanSaysSo() throws IOException {
    HostileSample sample = HostileSample.INSTANCE;
    Map<String, byte[]> files = new TreeMap<>(sample.files);
    files.remove(sample.saved + "/length.bin");
    RawTar damaged = new RawTar();
    files.forEach((path, content) -> damaged.file("chroma/" + path, content));
    shelf.put(NAME.toString(), damaged.gz());

    PruneReport planned = backups().planPrune();

    assertThat(planned.deleted()).isEmpty();
    assertThat(planned.warnings())
        .anyMatch(
            warning ->
                warning.contains("does not hold sound data, and proves nothing")
                    && warning.contains("length.bin"));
  }

  private ChromaBackup backups() {
    return ChromaBackup.using(shelf);
  }
}
