package io.chromabackup.examples.rag;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the application.
 *
 * @param token what a caller must know to change anything; if empty, nobody can over HTTP
 * @param chroma the server that is asked
 * @param backup how it is backed up
 */
@ConfigurationProperties("rag")
record RagProperties(@DefaultValue("") String token, Chroma chroma, Backup backup) {

  /**
   * A Chroma server.
   *
   * @param url where it answers
   * @param collection the collection with the documents; made if missing
   */
  record Chroma(
      URI url,
      @DefaultValue("default_tenant") String tenant,
      @DefaultValue("default_database") String database,
      @DefaultValue("documents") String collection) {}

  /**
   * What is backed up, to where, and what is made of it.
   *
   * @param data the directory that the server keeps its data in
   * @param store the directory with the archives
   * @param cron when, as Spring writes it: with seconds
   * @param keep how long archives are kept
   * @param oldest how old the last good one may get before health says so
   * @param allowRestore whether there is a way to restore over HTTP at all
   * @param service how the server is stopped for a restore; without it, none is
   */
  record Backup(
      Path data,
      Path store,
      String cron,
      @DefaultValue("30d") Duration keep,
      @DefaultValue("26h") Duration oldest,
      @DefaultValue("false") boolean allowRestore,
      @Nullable Service service) {}

  /**
   * The server's process.
   *
   * @param pidFile in its first line is the process's number
   * @param stop the command that stops it, word by word
   * @param start the command that starts it
   */
  record Service(Path pidFile, List<String> stop, List<String> start) {}
}
