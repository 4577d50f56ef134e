package io.chromabackup.docker;

import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import io.chromabackup.ChromaBackupException.EngineUnavailable;
import io.chromabackup.docker.EngineConnection.Answer;
import io.chromabackup.docker.EngineConnection.Call;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where an engine is.
 *
 * @param uri {@code unix:///var/run/docker.sock}, {@code tcp://host:2376}, {@code npipe:...}; empty
 *     for what the environment says ({@code DOCKER_HOST}, {@code DOCKER_CONTEXT}), else the default
 *     socket
 * @param certificates the directory with {@code ca.pem}, {@code cert.pem} and {@code key.pem} for
 *     TLS; empty for what the environment says ({@code DOCKER_TLS_VERIFY}, {@code
 *     DOCKER_CERT_PATH})
 */
record DockerHost(Optional<String> uri, Optional<Path> certificates) {
  /** The newest version of the API that this was written for. */
  private static final String NEWEST = "1.44";

  private static final Duration CONNECT = Duration.ofSeconds(30);
  private static final int CONNECTIONS = 32;

  /**
   * Connects, and agrees on a version of the API: unversioned requests are deprecated, and engines
   * refuse versions that are too old for them as well as such as are too new.
   */
  EngineConnection connect() throws IOException {
    DockerClientConfig config = config();
    String engine = describe(config);
    EngineConnection connection;
    try {
      connection =
          EngineConnection.over(
              new ZerodepDockerHttpClient.Builder()
                  .dockerHost(config.getDockerHost())
                  .sslConfig(config.getSSLConfig())
                  .maxConnections(CONNECTIONS)
                  .connectionTimeout(CONNECT)
                  .build(),
              engine);
    } catch (RuntimeException e) {
      throw unusable(engine, e);
    }
    try {
      return connection.speaking(version(connection, engine));
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private DockerClientConfig config() throws EngineUnavailable {
    try {
      DefaultDockerClientConfig.Builder builder =
          DefaultDockerClientConfig.createDefaultConfigBuilder();
      uri.ifPresent(builder::withDockerHost);
      certificates.ifPresent(
          directory -> builder.withDockerTlsVerify(true).withDockerCertPath(directory.toString()));
      return builder.build();
    } catch (RuntimeException e) {
      throw unusable(uri.orElse("of the environment"), e);
    }
  }

  private static EngineUnavailable unusable(String engine, RuntimeException e) {
    return new EngineUnavailable(
        engine,
        "its address or its certificates make no sense (%s). An address is like unix:///var/run/docker.sock or tcp://host:2376 (DOCKER_HOST); certificates are ca.pem, cert.pem and key.pem in one directory (DOCKER_CERT_PATH)"
            .formatted(e.getMessage()),
        e);
  }

  /** The address, without a user or password that somebody may have put into it. */
  static String describe(DockerClientConfig config) {
    URI uri = config.getDockerHost();
    if (uri.getRawUserInfo() == null) {
      return uri.toString();
    }
    return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
  }

  private static String version(EngineConnection connection, String engine) throws IOException {
    Answer answer =
        connection.ask(new Call("asking for its version", "GET", "/version"), null, CONNECT);
    Map<String, Object> json;
    try {
      json = answer.isSuccess() ? answer.json() : Map.of();
    } catch (IOException e) {
      json = Map.of();
    }
    String newest = text(json.get("ApiVersion"));
    if (!newest.matches("\\d+\\.\\d+")) {
      throw new EngineUnavailable(
          engine,
          "what answers there is no container engine (status %d). Look at DOCKER_HOST"
              .formatted(answer.status()),
          null);
    }
    return number(newest) < number(NEWEST) ? newest : atLeast(text(json.get("MinAPIVersion")));
  }

  private static String atLeast(String oldest) {
    boolean isNewer = oldest.matches("\\d+\\.\\d+") && number(oldest) > number(NEWEST);
    return isNewer ? oldest : NEWEST;
  }

  /** 1.9 is older than 1.44. */
  private static int number(String version) {
    int dot = version.indexOf('.');
    return Integer.parseInt(version.substring(0, dot)) * 10_000
        + Integer.parseInt(version.substring(dot + 1));
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }
}
