package io.chromabackup.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chromabackup.testkit.Skip;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryPlaceTest {
  @TempDir Path temporary;

  private Path place() {
    return temporary.resolve("chromabackup-" + System.getProperty("user.name"));
  }

  private String permissions() throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(place()));
  }

  @Test
  void itIsMadeForItsOwnerAloneAndFoundAgain() throws IOException {
    assertThat(TemporaryPlace.own(temporary)).isEqualTo(place()).isDirectory();
    assertThat(permissions()).isEqualTo("rwx------");
    assertThat(TemporaryPlace.own(temporary)).isEqualTo(place());
  }

  @Test
  void oneThatIsOpenToOthersIsClosed() throws IOException {
    Files.createDirectory(place());
    Files.setPosixFilePermissions(place(), PosixFilePermissions.fromString("rwxrwxrwx"));
    TemporaryPlace.own(temporary);
    assertThat(permissions()).isEqualTo("rwx------");
  }

  @Test
  void aLinkThatSomebodyLeftThereIsNotFollowed() throws IOException {
    Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
    Files.createSymbolicLink(place(), elsewhere);
    assertThatThrownBy(() -> TemporaryPlace.own(temporary))
        .isInstanceOf(AccessDeniedException.class)
        .hasMessageContaining(place().toString())
        .hasMessageContaining("workspace of your own");
  }

  @Test
  void somebodyElsesIsRefused() throws IOException {
    Files.createDirectory(place());
    Skip.unless(Files.getAttribute(place(), "unix:uid").equals(0), "only root can give it away");
    Files.setAttribute(place(), "unix:uid", 65534);
    assertThatThrownBy(() -> TemporaryPlace.own(temporary))
        .isInstanceOf(AccessDeniedException.class)
        .hasMessageContaining("belongs to");
  }
}
