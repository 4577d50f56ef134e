package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchivedPathsTest {
  private static Entry file(String path) {
    return Entry.file(path, 0, Instant.EPOCH);
  }

  private static Entry directory(String path) {
    return Entry.directory(path, Instant.EPOCH);
  }

  @Test
  void aPathMayBeOfTheGreatestLengthAndNotLonger() {
    String longest =
        ("x".repeat(ArchivedPaths.MAX_LENGTH / ArchivedPaths.MAX_DEPTH - 1) + "/")
                .repeat(ArchivedPaths.MAX_DEPTH)
                .replaceAll("/$", "")
            + "x";

    assertThatCode(() -> new ArchivedPaths(1).add(file(longest))).doesNotThrowAnyException();
    assertThatThrownBy(() -> new ArchivedPaths(1).add(file(longest + "x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("too long");
  }

  @Test
  void aPathMayBeSoDeepAndNotDeeper() {
    String deepest = "x/".repeat(ArchivedPaths.MAX_DEPTH - 1) + "x";

    assertThatCode(() -> new ArchivedPaths(1).add(file(deepest))).doesNotThrowAnyException();
    assertThatThrownBy(() -> new ArchivedPaths(1).add(file(deepest + "/x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("too deep");
  }

  @Test
  void directoriesThatAreOnlyNamedByWhatIsInThemTakeUpRoomToo() {
    ArchivedPaths paths = new ArchivedPaths(Integer.MAX_VALUE);
    String name = "%0126d/".repeat(ArchivedPaths.MAX_DEPTH).replaceAll("/$", "");
    int fit = ArchivedPaths.MAX_TOTAL / (126 * 36);

    assertThatThrownBy(
            () -> {
              for (int i = 0; i <= fit; i++) {
                paths.add(file(name.formatted(i, i, i, i, i, i, i, i)));
              }
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("too many entries");
  }

  @Test
  void aNameMayHaveAsManyBytesAsFileSystemsTakeAndNoMore() {
    String longest = "ü".repeat(127) + "x";

    assertThatCode(() -> new ArchivedPaths(1).add(file("d/" + longest))).doesNotThrowAnyException();
    assertThatThrownBy(() -> new ArchivedPaths(1).add(file("d/" + longest + "x")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void thereMayBeTheGreatestNumberOfEntriesAndNotMore() {
    ArchivedPaths paths = new ArchivedPaths(2);
    paths.add(file("a"));
    paths.add(file("b"));

    assertThatThrownBy(() -> paths.add(file("c")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("too many entries: c is number 3");
  }

  @Test
  void allPathsTogetherMayFillTheirRoomAndNotMore() {
    ArchivedPaths paths = new ArchivedPaths(Integer.MAX_VALUE);
    int length = 1 << 7;
    int fit = ArchivedPaths.MAX_TOTAL / length;
    for (int i = 0; i < fit; i++) {
      paths.add(file(("%0" + length + "d").formatted(i)));
    }

    assertThatThrownBy(() -> paths.add(file("x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("too many entries: x is number " + (fit + 1));
  }

  @Test
  void noPathIsADriveOfWindows() {
    ArchivedPaths paths = new ArchivedPaths(10);

    for (String drive : List.of("C:/Users/x", "d:evil", "C:")) {
      assertThatThrownBy(() -> paths.add(file(drive))).hasMessageContaining("drive");
    }
    assertThatCode(() -> paths.add(file("segment/a:b"))).doesNotThrowAnyException();
  }

  @Test
  void namesThatDifferInOneCaseAloneMeet() {
    ArchivedPaths paths = new ArchivedPaths(10);
    paths.add(file("mas\u017f"));

    assertThatThrownBy(() -> paths.add(file("mass"))).hasMessageContaining("twice");
  }

  @Test
  void aDirectoryMayComeTwiceAndAfterWhatIsInItButNoFileMeetsIt() {
    ArchivedPaths paths = new ArchivedPaths(10);
    paths.add(file("d/one"));
    paths.add(directory("d"));
    paths.add(directory("D"));

    assertThatThrownBy(() -> paths.add(file("d"))).hasMessageContaining("it has d twice");
    assertThatThrownBy(() -> paths.add(file("d/ONE"))).hasMessageContaining("twice");
    assertThatThrownBy(() -> paths.add(directory("d/one"))).hasMessageContaining("twice");
    assertThatThrownBy(() -> paths.add(file("d/one/two")))
        .hasMessageContaining("it has d/one/two below a file");
  }
}
