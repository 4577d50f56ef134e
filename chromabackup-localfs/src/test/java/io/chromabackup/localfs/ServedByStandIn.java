package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ArchiveName;
import io.chromabackup.files.FileTree;
import io.chromabackup.testkit.Fixture;
import java.io.IOException;
import java.nio.file.Path;

/** Served by a process that writes nothing, so that every byte can be compared. */
final class ServedByStandIn implements Served {
  private final KillSite site;
  private final ServiceScripts scripts;
  private final Path oldData;
  private final Path newData;
  private final ArchiveName archive;

  private ServedByStandIn(
      KillSite site, ServiceScripts scripts, Path oldData, Path newData, ArchiveName archive) {
    this.site = site;
    this.scripts = scripts;
    this.oldData = oldData;
    this.newData = newData;
    this.archive = archive;
  }

  /** Takes data that a real server wrote earlier and later. */
  static ServedByStandIn start(Path root, int kept, Path earlier, Path later) throws Exception {
    KillSite site = new KillSite(root, kept);
    Path newData = root.resolve("new");
    Fixture.copy(later, site.data());
    var backups = site.backups((phase, done, total) -> {});
    ArchiveName archive = backups.backup(LocalChroma.at(earlier)).archive().name();
    backups.restore(archive, LocalChroma.at(newData));
    ServiceScripts scripts = ServiceScripts.ofStandIn(root);
    scripts.whole(later);
    scripts.whole(newData);
    scripts.start();
    return new ServedByStandIn(site, scripts, later, newData, archive);
  }

  @Override
  public KillSite site() {
    return site;
  }

  @Override
  public ArchiveName archive() {
    return archive;
  }

  @Override
  public void makeOld() throws Exception {
    if (!Fixture.content(site.data()).equals(Fixture.content(oldData))) {
      scripts.stop();
      FileTree.delete(site.data());
      Fixture.copy(oldData, site.data());
      scripts.start();
    }
  }

  @Override
  public String oldOrNew(String killed) throws IOException {
    assertThat(scripts.refused()).as("started on half data after %s", killed).isEmpty();
    var now = Fixture.content(site.data());
    assertThat(now)
        .as("killed: %s", killed)
        .isIn(Fixture.content(oldData), Fixture.content(newData));
    return now.equals(Fixture.content(oldData)) ? "old" : "new";
  }

  @Override
  public void close() throws Exception {
    scripts.stop();
  }
}
