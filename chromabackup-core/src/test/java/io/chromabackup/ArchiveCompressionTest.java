package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import io.chromabackup.ChromaBackupException.ArchiveDamaged;
import io.chromabackup.ChromaBackupException.CompressionUnavailable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ArchiveCompressionTest {
  private final SampleArchive sample = SampleArchive.ofIndexBytes(700_000);

  @ParameterizedTest
  @EnumSource
  void whatIsWrittenInAFormatIsReadWhateverItIsCalled(ArchiveFormat format) throws IOException {
    byte[] archive = sample.bytes(format);

    assertThat(SampleArchive.contentOf(archive))
        .hasSize(3)
        .isEqualTo(SampleArchive.contentOf(sample.bytes()));
  }

  @ParameterizedTest
  @EnumSource
  void theSameDataGivesTheSameBytes(ArchiveFormat format) throws IOException {
    assertThat(sample.bytes(format)).isEqualTo(sample.bytes(format));
  }

  @Test
  void zstandardIsWhatItsToolsRead() throws IOException {
    assertThat(sample.bytes(ArchiveFormat.TAR_ZST)).startsWith(0x28, 0xb5, 0x2f, 0xfd);
  }

  @ParameterizedTest
  @EnumSource
  void whatFollowsAnArchiveIsDamage(ArchiveFormat format) throws IOException {
    byte[] archive = sample.bytes(format);
    for (byte tail : new byte[] {0, 1, 0x28}) {
      byte[] longer = Arrays.copyOf(archive, archive.length + 5);
      Arrays.fill(longer, archive.length, longer.length, tail);
      assertThatThrownBy(() -> SampleArchive.contentOf(longer)).isInstanceOf(ArchiveDamaged.class);
    }
  }

  @Test
  void aStrangerDoesNotSayHowMuchMemoryIsNeeded() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZstdOutputStream zstd = new ZstdOutputStream(bytes)) {
      zstd.setLong(27);
      zstd.write(new byte[300_000]);
    }

    assertThatThrownBy(() -> SampleArchive.contentOf(bytes.toByteArray()))
        .isInstanceOf(ArchiveDamaged.class)
        .hasMessageContaining("memory");
  }

  /** Else who reads many archives may run out of memory before all finalizers have run. */
  @ParameterizedTest
  @EnumSource
  void whatIsClosedWaitsForNoFinalizer(ArchiveFormat format) throws IOException {
    try (InputStream in =
            ArchiveCompression.decompressing(new ByteArrayInputStream(sample.bytes(format)));
        OutputStream out =
            ArchiveCompression.compressing(format, OutputStream.nullOutputStream())) {
      assertHasNoFinalizer(in.getClass());
      assertHasNoFinalizer(out.getClass());
    }
  }

  private static void assertHasNoFinalizer(Class<?> stream) {
    for (Class<?> type = stream; type != Object.class; type = type.getSuperclass()) {
      assertThat(type.getDeclaredMethods()).extracting(Method::getName).doesNotContain("finalize");
    }
  }

  @Test
  void withoutItsLibraryAFormatIsRefusedWithTheLibrarysName() throws Exception {
    byte[] archive = sample.bytes(ArchiveFormat.TAR_ZST);
    try (URLClassLoader without = classesWithoutZstandard()) {
      Class<?> compression = without.loadClass("io.chromabackup.ArchiveCompression");
      Class<?> formats = without.loadClass("io.chromabackup.ArchiveFormat");
      Object zstandard = formats.getField("TAR_ZST").get(null);
      Object gzip = formats.getField("TAR_GZ").get(null);
      Method require = compression.getDeclaredMethod("require", formats);
      require.setAccessible(true);
      require.invoke(null, gzip);
      assertRefused(() -> require.invoke(null, zstandard));

      Method compressing =
          compression.getDeclaredMethod("compressing", formats, OutputStream.class);
      compressing.setAccessible(true);
      assertRefused(() -> compressing.invoke(null, zstandard, OutputStream.nullOutputStream()));

      Method decompressing = compression.getDeclaredMethod("decompressing", InputStream.class);
      decompressing.setAccessible(true);
      assertRefused(() -> decompressing.invoke(null, new ByteArrayInputStream(archive)));
    }
  }

  private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(InvocationTargetException.class)
        .satisfies(
            e -> {
              assertThat(e.getCause().getClass().getName())
                  .isEqualTo(CompressionUnavailable.class.getName());
              assertThat(e.getCause()).hasMessageContaining("com.github.luben:zstd-jni");
            });
  }

  /** As a user has them who did not add it. */
  private static URLClassLoader classesWithoutZstandard() throws IOException {
    List<URL> classes = new ArrayList<>();
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    for (String entry : path.split(File.pathSeparator, -1)) {
      if (!entry.contains("zstd-jni")) {
        classes.add(new File(entry).toURI().toURL());
      }
    }
    return new URLClassLoader(classes.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
  }
}
