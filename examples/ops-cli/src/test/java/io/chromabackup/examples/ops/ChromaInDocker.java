package io.chromabackup.examples.ops;

import io.chromabackup.testkit.RealDocker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Chroma and something that depends on it, in containers as compose would name and label them; made
 * with the docker command.
 */
final class ChromaInDocker implements AutoCloseable {
  private static final String COLLECTIONS =
      "/api/v2/tenants/default_tenant/databases/default_database/collections";

  private final String project = "cbops" + UUID.randomUUID().toString().substring(0, 8);

  /** Starts them, and waits until Chroma answers. */
  static ChromaInDocker start() throws IOException, InterruptedException {
    RealDocker.require();
    ChromaInDocker chroma = new ChromaInDocker();
    try {
      docker("network", "create", chroma.project);
      docker("volume", "create", chroma.project);
      chroma.create("chromadb", "-v", chroma.project + ":/data", RealDocker.image());
      chroma.create("celery-worker", "--entrypoint", "sleep", RealDocker.nodeImage(), "100000");
      chroma.awaitAnswer();
      chroma.node("const r = await fetch(C, post({name: 'things'})); if (!r.ok) throw r.status;");
      return chroma;
    } catch (IOException | InterruptedException | RuntimeException e) {
      chroma.close();
      throw e;
    }
  }

  private void create(String service, String... rest) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("run", "-d", "--stop-timeout", "1"));
    command.addAll(List.of("--name", container(service), "--network", project));
    command.addAll(List.of("--label", "com.docker.compose.project=" + project));
    command.addAll(List.of("--label", "com.docker.compose.service=" + service));
    command.addAll(List.of("--label", "com.docker.compose.container-number=1"));
    command.addAll(List.of(rest));
    docker(command.toArray(String[]::new));
  }

  String project() {
    return project;
  }

  String container(String service) {
    return project + "-" + service + "-1";
  }

  /** What a service does, in the engine's word. */
  String state(String service) throws IOException, InterruptedException {
    return docker("inspect", "-f", "{{.State.Status}}", container(service));
  }

  /** Adds records with ids of their own. */
  void add(int records) throws IOException, InterruptedException {
    node(
        ("const n = [...Array(%d).keys()]; const r = await fetch(C + '/' + await id() + '/add',"
                + " post({ids: n.map(i => crypto.randomUUID()), embeddings: n.map(i => [i, 1, 2]),"
                + " documents: n.map(i => 'document ' + i)})); if (!r.ok) throw r.status;")
            .formatted(records));
  }

  /** How many records the server says it has. */
  int count() throws IOException, InterruptedException {
    return Integer.parseInt(
        node("console.log(await (await fetch(C + '/' + await id() + '/count')).text());"));
  }

  private void awaitAnswer() throws IOException, InterruptedException {
    node(
        "for (let i = 0; i < 300; i++) { try { await fetch(C); return; } catch (e) {"
            + " await new Promise(f => setTimeout(f, 100)); } } throw 'no answer';");
  }

  /** Runs a script beside Chroma's container, which publishes no port and may have no node. */
  private String node(String script) throws IOException, InterruptedException {
    String all =
        "const C = 'http://"
            + container("chromadb")
            + ":8000"
            + COLLECTIONS
            + "'; const crypto = require('crypto'); const post = body => ({method: 'POST', headers:"
            + " {'content-type': 'application/json'}, body: JSON.stringify(body)}); const id = async"
            + " () => (await (await fetch(C)).json())[0].id; (async () => {"
            + script
            + "})().catch(e => { console.error(e); process.exit(1); });";
    return docker("exec", container("celery-worker"), "node", "-e", all);
  }

  /** All that is left of chromabackup's own in the engine for this Chroma, one line each. */
  String leftovers() throws IOException, InterruptedException {
    return docker(
        "ps", "-a", "--filter", "label=io.chromabackup.chroma=" + container("chromadb"), "-q");
  }

  static String docker(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    Said said = run(command);
    if (said.exitCode() != 0) {
      throw new IOException(command + ": " + said.words());
    }
    return said.words();
  }

  private record Said(int exitCode, String words) {}

  private static Said run(List<String> command) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return new Said(127, e.toString());
    }
    String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException(command + " does not end");
    }
    return new Said(process.exitValue(), words.strip());
  }

  @Override
  public void close() throws IOException, InterruptedException {
    for (String service : List.of("celery-worker", "chromadb")) {
      run(List.of("docker", "rm", "-f", "-v", container(service)));
    }
    run(List.of("docker", "volume", "rm", project));
    run(List.of("docker", "network", "rm", project));
  }
}
