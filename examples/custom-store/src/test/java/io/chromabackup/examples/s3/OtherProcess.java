package io.chromabackup.examples.s3;

import io.chromabackup.ArchiveName;
import io.chromabackup.ChromaBackupException.ArchiveExists;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.services.s3.S3Client;

/** Another JVM that does something with a store, says how far it is, and can be killed. */
final class OtherProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader said;

  private OtherProcess(Process process) {
    this.process = process;
    this.said = process.inputReader(StandardCharsets.UTF_8);
  }

  static OtherProcess start(
      List<String> jvm, Class<?> main, S3Server server, String bucket, String... more)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(server.endpoint().toString(), bucket));
    command.addAll(List.of(more));
    return new OtherProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Begins something and returns when it is in the midst of it. */
  static OtherProcess inTheMidstOf(
      String what, S3Server server, String bucket, Duration term, ArchiveName name)
      throws IOException {
    OtherProcess other =
        start(
            List.of(),
            OtherProcess.class,
            server,
            bucket,
            what,
            String.valueOf(term.toMillis()),
            name.toString());
    String line = other.line();
    if (!line.equals("in the midst")) {
      throw new IOException(line);
    }
    return other;
  }

  String line() throws IOException {
    return String.valueOf(said.readLine());
  }

  void tell(String line) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  /** Waits for its end. Returns all that it said. */
  String output() throws IOException, InterruptedException {
    StringBuilder output = new StringBuilder();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      output.append(line).append('\n');
    }
    process.waitFor();
    return output.toString();
  }

  /** As {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }

  /** What the other JVM does. */
  public static void main(String[] args) throws Exception {
    S3Client client = S3Server.client(URI.create(args[0]), S3Server.SECRET);
    Duration term = Duration.ofMillis(Long.parseLong(args[3]));
    S3ArchiveStore store = S3ArchiveStore.in(client, args[1], "", term);
    ArchiveName name = ArchiveName.parse(args[4]).orElseThrow();
    switch (args[2]) {
      case "upload":
        store.write(
            name,
            out -> {
              out.write(new byte[40 << 20]);
              stay();
            },
            in -> {});
        break;
      case "check":
        store.write(name, out -> out.write(new byte[20 << 20]), in -> stay());
        break;
      case "lock":
        store.lock("backup");
        stay();
        break;
      case "read":
        InputStream in = store.open(name);
        in.read();
        stay();
        break;
      case "race":
        race(store, name);
        break;
      default:
        throw new IllegalArgumentException(args[2]);
    }
  }

  /** For every line, stores it under the next name, as soon as it comes. */
  private static void race(S3ArchiveStore store, ArchiveName first) throws IOException {
    store.list();
    System.out.println("in the midst");
    ArchiveName name = first;
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
      try {
        store.write(name, out -> out.write(bytes), in -> {});
        System.out.println("stored");
      } catch (ArchiveExists e) {
        System.out.println("exists");
      }
      name = name.next();
    }
  }

  private static void stay() {
    System.out.println("in the midst");
    try {
      TimeUnit.MINUTES.sleep(5);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
