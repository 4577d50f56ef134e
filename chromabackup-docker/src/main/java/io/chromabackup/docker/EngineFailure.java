package io.chromabackup.docker;

import java.io.EOFException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Why an engine cannot be reached, and what to do about it. */
final class EngineFailure {
  private EngineFailure() {}

  /** In words; empty if it was reached, and something else went wrong. */
  static Optional<String> of(String engine, Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause.getMessage());
      if (cause instanceof BindException || text.contains("Permission denied")) {
        return Optional.of(
            "permission denied. Add this user to the group that owns the socket (mostly: docker) and"
                + " log in anew, or run as root");
      }
      if (text.contains("No such file or directory")) {
        return Optional.of(
            "there is no such socket. Is the engine installed and running? Start it (systemctl start"
                + " docker), or name another with DOCKER_HOST");
      }
      if (cause instanceof UnknownHostException) {
        return Optional.of("there is no such host. Look at DOCKER_HOST");
      }
      if (cause instanceof SSLException) {
        return Optional.of(
            "TLS failed: " + text + ". Look at DOCKER_CERT_PATH and DOCKER_TLS_VERIFY");
      }
      if (cause instanceof ConnectException || cause instanceof NoRouteToHostException) {
        return Optional.of(
            "nothing answers there (" + text + "). Is the engine running? Look at DOCKER_HOST");
      }
      if (cause instanceof SocketTimeoutException) {
        return Optional.of("it does not answer in time. Look at the network, and at DOCKER_HOST");
      }
      if (cause instanceof SocketException || cause instanceof EOFException) {
        return Optional.of("the connection broke (" + text + "). Is the engine still running?");
      }
    }
    return Optional.empty();
  }
}
