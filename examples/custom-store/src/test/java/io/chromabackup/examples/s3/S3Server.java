package io.chromabackup.examples.s3;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A real S3 server, S3Proxy, in a process of its own. One serves all tests of this JVM. */
final class S3Server {
  static final String KEY = "test";
  static final String SECRET = "do-not-tell";

  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static CompletableFuture<S3Server> shared;

  private final URI endpoint;

  private final Path data;

  private S3Server(URI endpoint, Path data) {
    this.endpoint = endpoint;
    this.data = data;
  }

  static synchronized S3Server shared() throws ExecutionException, InterruptedException {
    if (shared == null) {
      shared = new CompletableFuture<>();
      try {
        shared.complete(start());
      } catch (IOException e) {
        shared.completeExceptionally(e); // for every test
      }
    }
    return shared.get();
  }

  private static S3Server start() throws IOException, InterruptedException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path home = Files.createTempDirectory(Files.createDirectories(TARGET.resolve("s3proxy")), "");
    Path data = Files.createDirectory(home.resolve("data"));
    Path settings =
        Files.write(
            home.resolve("properties"),
            List.of(
                "s3proxy.endpoint=http://127.0.0.1:" + port,
                "s3proxy.authorization=aws-v2-or-v4",
                "s3proxy.identity=" + KEY,
                "s3proxy.credential=" + SECRET,
                "jclouds.provider=filesystem",
                "jclouds.filesystem.basedir=" + data));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteAll(data)));
    String jars = Files.readString(TARGET.resolve("s3proxy.classpath")).strip();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                TARGET.resolve("test-classes") + ":" + jars,
                S3ProxyProcess.class.getName(),
                "--properties",
                settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("log").toFile())
            .start();
    try {
      awaitListening(port, process, home.resolve("log"));
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
    return new S3Server(URI.create("http://127.0.0.1:" + port), data);
  }

  private static void deleteAll(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException | UncheckedIOException e) {
      // the server has been faster, or is at it; it is all within target
    }
  }

  private static void awaitListening(int port, Process process, Path log)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > end) {
          throw new IOException("S3Proxy does not answer:\n" + Files.readString(log), e);
        }
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
  }

  URI endpoint() {
    return endpoint;
  }

  /** Where it keeps a bucket's objects, as files. */
  Path directory(String bucket) {
    return data.resolve(bucket);
  }

  S3Client client() {
    return client(endpoint, SECRET);
  }

  static S3Client client(URI endpoint, String secret) {
    return S3ArchiveStore.client()
        .endpointOverride(endpoint)
        .forcePathStyle(true)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, secret)))
        .build();
  }

  /** Makes an empty bucket that nobody else has. */
  String newBucket() {
    String bucket = "b-" + UUID.randomUUID();
    try (S3Client client = client()) {
      client.createBucket(request -> request.bucket(bucket));
    }
    return bucket;
  }
}
