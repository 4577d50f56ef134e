package io.chromabackup.localfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ArchiveName;
import io.chromabackup.testkit.ChromaClient;
import io.chromabackup.testkit.ChromaClient.Collection;
import io.chromabackup.testkit.RecordCheck;
import io.chromabackup.testkit.WriteLoad;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Served by a real server. Every record tells its generation; the archive's is the first. */
final class ServedByChroma implements Served {
  static final int RECORDS = 300;
  static final int DIMENSION = 8;

  private final KillSite site;
  private final ServiceScripts scripts;
  private final ChromaClient client;
  private final Collection collection;
  private final ArchiveName archive;
  private int generation = 1;

  private ServedByChroma(
      KillSite site,
      ServiceScripts scripts,
      ChromaClient client,
      Collection collection,
      ArchiveName archive) {
    this.site = site;
    this.scripts = scripts;
    this.client = client;
    this.collection = collection;
    this.archive = archive;
  }

  static ServedByChroma start(Path root, int kept) throws Exception {
    Files.createDirectories(root);
    KillSite site = new KillSite(root, kept);
    ServiceScripts scripts = ServiceScripts.ofServer(root);
    scripts.start();
    ChromaClient client = new ChromaClient(ServiceScripts.url(root).orElseThrow());
    Collection collection =
        client.createCollection(
            ChromaClient.DEFAULT_TENANT,
            ChromaClient.DEFAULT_DATABASE,
            "records",
            "l2",
            Map.of("sync_threshold", RECORDS));
    WriteLoad.fill(client, collection, 0, RECORDS, DIMENSION);
    ArchiveName archive =
        site.backups((phase, done, total) -> {})
            .backup(LocalChroma.at(site.data()))
            .archive()
            .name();
    return new ServedByChroma(site, scripts, client, collection, archive);
  }

  @Override
  public KillSite site() {
    return site;
  }

  @Override
  public ArchiveName archive() {
    return archive;
  }

  ServiceScripts scripts() {
    return scripts;
  }

  /** With a record of the first generation. */
  void addCollection(String name) {
    Collection added = client.createCollection(name, "l2");
    WriteLoad.fill(client, added, 0, 1, DIMENSION);
  }

  /** Writers that change the records until closed. */
  WriteLoad load() {
    return WriteLoad.start(client, collection, new WriteLoad.Settings(1, RECORDS, 20, DIMENSION));
  }

  /** Every record in a generation that there was not yet. */
  @Override
  public void makeOld() {
    generation++;
    client.upsert(
        collection,
        IntStream.range(0, RECORDS)
            .mapToObj(number -> WriteLoad.entry(number, generation, DIMENSION))
            .toList());
  }

  @Override
  public String oldOrNew(String killed) throws Exception {
    requireEveryRecordRight(killed);
    assertThat(client.count(collection)).as("killed: %s", killed).isEqualTo(RECORDS);
    Set<Object> generations =
        client.page(collection, 0, RECORDS).stream()
            .map(entry -> entry.metadata().get("version"))
            .collect(Collectors.toSet());
    assertThat(List.of(Set.<Object>of(1), Set.<Object>of(generation)))
        .as("killed: %s", killed)
        .contains(generations);
    return generations.contains(1) ? "new" : "old";
  }

  void requireEveryRecordRight(String killed) throws Exception {
    assertThat(site.runs()).as("the server runs after %s", killed).isTrue();
    scripts.awaitHeartbeat();
    RecordCheck.Result result = RecordCheck.run(client);
    assertThat(result.wrong()).as("killed: %s", killed).isEmpty();
    assertThat(result.records()).as("killed: %s", killed).isPositive();
  }

  @Override
  public void close() throws Exception {
    scripts.stop();
  }
}
