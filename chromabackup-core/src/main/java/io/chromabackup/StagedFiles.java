package io.chromabackup;

import java.nio.file.Path;

/**
 * Files that were read from an archive, checked, and lie ready in a directory of their own. Handed
 * over to a {@link RestoreTarget}, which may move them away instead of copying them.
 */
public interface StagedFiles extends EntrySource {
  /**
   * The directory whose content is the new data directory.
   *
   * @return an absolute path
   */
  Path directory();
}
