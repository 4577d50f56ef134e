package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ArchiveName;
import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.RestoreOptions;
import io.chromabackup.testkit.Fixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors and documents are people's data: what is made of them is for its owner alone. */
class OwnerOnlyTest {
  @TempDir Path directory;

  @Test
  void whatIsMadeIsForItsOwnerAloneWhateverTheUmask() throws Exception {
    Path data = Fixture.copyTo(directory.resolve("chroma"));
    List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", "umask 000; exec \"$@\"", "sh"));
    words.addAll(Ticker.javaWords(BackUpVerifyAndRestore.class));
    words.add(data.toString());
    words.add(directory.resolve("backups").toString());
    Process process =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> said = process.inputReader().lines().toList();

    assertThat(process.waitFor()).isZero();
    assertThat(said).contains("looked 0").allMatch(line -> line.startsWith("looked"));
    assertThat(said).hasSizeGreaterThan(5);
    assertThat(Files.getPosixFilePermissions(directory.resolve("backups")))
        .as("who may write there can delete archives")
        .doesNotContain(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
  }

  /** Run in a process of its own. */
  static final class BackUpVerifyAndRestore {
    private final Path data;
    private final Path store;

    private BackUpVerifyAndRestore(Path data, Path store) {
      this.data = data;
      this.store = store;
    }

    public static void main(String[] args) throws IOException {
      new BackUpVerifyAndRestore(Path.of(args[0]), Path.of(args[1])).run();
    }

    private void run() throws IOException {
      ChromaBackup backups =
          ChromaBackup.builder(LocalArchiveStore.in(store))
              .progress((phase, done, total) -> look())
              .build();
      ChromaDeployment chroma = LocalChroma.at(data);
      ArchiveName archive = backups.backup(chroma).archive().name();
      look();
      backups.verify(archive);
      backups.restore(archive, chroma, RestoreOptions.defaults().replace());
      look();
      System.out.println("looked 0");
    }

    /** Prints what others may read; parents of what is private need not be. */
    private void look() {
      Set<String> open = new TreeSet<>();
      for (Path root : List.of(store, data.resolve(".chromabackup"))) {
        try (Stream<Path> all = Files.exists(root) ? Files.walk(root) : Stream.empty()) {
          all.filter(path -> !path.equals(store)).forEach(path -> note(path, open));
        } catch (IOException | UncheckedIOException e) {
          // what is looked at comes and goes
        }
      }
      System.out.println(open.isEmpty() ? "looked" : "open to others: " + open);
    }

    private static void note(Path path, Set<String> open) {
      try {
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        if (!mode.endsWith("------")) {
          open.add(path + " " + mode);
        }
      } catch (NoSuchFileException e) {
        // gone meanwhile
      } catch (IOException e) {
        open.add(e.toString());
      }
    }
  }
}
