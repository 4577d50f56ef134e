package io.chromabackup.examples.ops;

import io.chromabackup.ArchiveFormat;
import io.chromabackup.ArchiveInfo;
import io.chromabackup.ArchiveListing;
import io.chromabackup.ArchiveName;
import io.chromabackup.ArchiveStanding;
import io.chromabackup.ChromaBackupException;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What tests need some of. */
final class Samples {
  private Samples() {}

  static ArchiveName name(Instant at) {
    return ArchiveName.of(at, ArchiveFormat.TAR_GZ);
  }

  static ArchiveListing legacy(Instant at, long size) {
    return new ArchiveListing(
        new ArchiveInfo(name(at), size),
        ArchiveStanding.LEGACY,
        Optional.empty(),
        Optional.empty());
  }

  /** Any exception of that class. */
  static ChromaBackupException exception(Class<?> type) {
    Constructor<?> constructor = type.getConstructors()[0];
    Object[] arguments = Arrays.stream(constructor.getParameterTypes()).map(Samples::any).toArray();
    try {
      return (ChromaBackupException) constructor.newInstance(arguments);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(type.getName(), e);
    }
  }

  private static Object any(Class<?> type) {
    if (type == String.class) {
      return "something";
    }
    if (type == long.class) {
      return 7L;
    }
    if (type == boolean.class) {
      return true;
    }
    if (type == List.class) {
      return List.of("a fault");
    }
    return type == ArchiveName.class ? name(Instant.EPOCH) : new IOException("a cause");
  }
}
