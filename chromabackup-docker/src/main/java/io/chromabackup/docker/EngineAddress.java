package io.chromabackup.docker;

import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.transport.SSLConfig;
import io.chromabackup.ChromaBackupException.EngineUnavailable;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An engine's address, checked: what is left to go wrong is the network.
 *
 * @param uri of a scheme that can be talked, with a path or with a host and a port
 * @param tls what encrypts the connection; null for nothing
 */
record EngineAddress(URI uri, @Nullable SSLConfig tls) {
  private static final int PORT = 2375;
  private static final int TLS_PORT = 2376;

  /** Finds out where the engine is, by what was given, else by the environment. */
  static EngineAddress of(DockerHost host) throws EngineUnavailable {
    String named = host.uri().orElse("of the environment");
    try {
      DefaultDockerClientConfig.Builder config =
          DefaultDockerClientConfig.createDefaultConfigBuilder();
      host.uri().ifPresent(config::withDockerHost);
      host.certificates()
          .ifPresent(c -> config.withDockerTlsVerify(true).withDockerCertPath(c.toString()));
      DefaultDockerClientConfig found = config.build();
      return new EngineAddress(complete(found.getDockerHost(), found), found.getSSLConfig());
    } catch (RuntimeException e) { // docker-java reports each kind of nonsense in a way of its own
      throw unusable(withoutSecrets(named), withoutSecrets(String.valueOf(e.getMessage())));
    }
  }

  private static URI complete(URI uri, DefaultDockerClientConfig config) throws EngineUnavailable {
    String scheme = Optional.ofNullable(uri.getScheme()).orElse("");
    switch (scheme) {
      case "unix", "npipe" -> {
        if (uri.getPath() == null || uri.getPath().isEmpty()) {
          throw unusable(describe(uri), "it names no socket");
        }
        return uri;
      }
      case "tcp" -> {
        return withPort(uri, config.getSSLConfig() == null ? PORT : TLS_PORT);
      }
      case "ssh" ->
          throw unusable(
              describe(uri),
              "ssh is not talked here. Forward the engine's socket (ssh -NL"
                  + " /tmp/docker.sock:/var/run/docker.sock HOST) and name that");
      default ->
          throw unusable(describe(uri), scheme.isEmpty() ? "it has no scheme" : "of its scheme");
    }
  }

  private static URI withPort(URI uri, int port) throws EngineUnavailable {
    if (uri.getHost() == null) {
      throw unusable(describe(uri), "it names no host");
    }
    int given = uri.getPort() < 0 ? port : uri.getPort();
    return URI.create("tcp://" + uri.getHost() + ":" + given);
  }

  private static EngineUnavailable unusable(String engine, String why) {
    return new EngineUnavailable(
        engine,
        "its address is not one that can be used: %s. Give unix:///var/run/docker.sock or tcp://HOST:2375, or set DOCKER_HOST to such"
            .formatted(why),
        null);
  }

  private static String withoutSecrets(String text) {
    return text.replaceAll("[^/\\s'\"]*@", "");
  }

  private static String describe(URI uri) {
    return withoutSecrets(uri.toString());
  }

  /** Names the engine. */
  String describe() {
    return describe(uri);
  }

  /** Whether it is a socket of this machine. */
  boolean isLocal() {
    return !uri.getScheme().equals("tcp");
  }

  /** The host that it is on, if that is reached over the network. */
  Optional<String> hostName() {
    return isLocal() ? Optional.empty() : Optional.of(uri.getHost());
  }
}
