package io.chromabackup.localfs;

import io.chromabackup.ChromaDeployment;
import java.nio.file.Path;

/**
 * Chroma on a file system.
 *
 * <pre>{@code
 * ChromaDeployment chroma =
 *     LocalChroma.at(Path.of("/srv/chroma"))
 *         .heldBy(LocalService.systemd("chroma"))
 *         .checkedBy(ChromaHealth.at(URI.create("http://localhost:8000")));
 * }</pre>
 */
public final class LocalChroma {
  private LocalChroma() {}

  /**
   * The deployment whose data is in a directory. It is backed up while its server runs; a restore
   * into it needs the server stopped, by hand or by a controller given with {@link
   * ChromaDeployment#heldBy}.
   *
   * <p>A restore by root gives the files to whoever owned the database that is replaced. Where
   * there was none, to the owner of the directory, unless that is root or the directory was
   * missing: then to those who owned them when they were backed up, and a directory that is made
   * for them to whom the database goes. Permissions are always those from the backup. Whoever else
   * restores owns what is restored.
   *
   * @param dataDirectory the directory that holds {@code chroma.sqlite3} (Chroma's {@code
   *     persist_path}), on any file system; for a restore it may be missing, and its file system
   *     must be able to move directories, as one in a zip file is not
   * @return the deployment, with no service to control yet
   */
  public static ChromaDeployment at(Path dataDirectory) {
    Path directory = dataDirectory.toAbsolutePath().normalize();
    return ChromaDeployment.of(new LocalSource(directory), new LocalTarget(directory));
  }
}
