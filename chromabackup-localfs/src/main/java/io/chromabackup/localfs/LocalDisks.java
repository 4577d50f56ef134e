package io.chromabackup.localfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells files on disks of this kernel from those that others may write to: NFS, SMB, 9p, FUSE and
 * the like answer from a cache how a file looks, and a change may not show for seconds. What is not
 * known is taken for one of those; also NTFS, which is what Windows calls a network drive, too.
 */
final class LocalDisks {
  private static final Set<String> KNOWN =
      Set.of(
          "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "tmpfs", "overlay", "apfs", "hfs",
          "jimfs");

  /** What their names begin with. */
  private static final Set<String> SHARED =
      Set.of("nfs", "cifs", "smb", "9p", "fuse.", "virtiofs", "ceph", "gluster", "lustre", "afs");

  private final Map<Object, Boolean> told = new HashMap<>();

  /**
   * Whether the file is on such a disk.
   *
   * @param device what its attributes call the device that it is on; null if they do not tell
   */
  boolean have(Path file, @Nullable Object device) throws IOException {
    Boolean known = device == null ? null : told.get(device);
    if (known == null) {
      known = isKnown(typeOf(file));
      if (device != null) {
        told.put(device, known);
      }
    }
    return known;
  }

  /** Whether it is of a kind that other machines may write to at the same time. */
  static boolean areShared(Path file) throws IOException {
    return SHARED.stream().anyMatch(typeOf(file)::startsWith);
  }

  /** Empty where it cannot be told, as where a mount point is not to be seen. */
  private static String typeOf(Path file) throws IOException {
    try {
      return Files.getFileStore(file).type();
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      return "";
    }
  }

  static boolean isKnown(String type) {
    return KNOWN.contains(type);
  }
}
