package io.chromabackup.docker;

import io.chromabackup.ChromaBackupException.EngineUnavailable;
import io.chromabackup.files.Interruption;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in our words what the transport throws, which is of many kinds and mostly unchecked. */
final class EngineErrors {
  private static final String ELSEWHERE =
      ". Start it, or set DOCKER_HOST to where it is (unix:///path, tcp://host:port)";

  private final EngineAddress address;

  EngineErrors(EngineAddress address) {
    this.address = address;
  }

  /** What went wrong with a call. */
  IOException failed(Exception e, Call call, Watchdog.Watch watch) {
    IOException error = unwrapped(e);
    Watchdog.Verdict verdict = watch.verdict();
    if (verdict == Watchdog.Verdict.INTERRUPTED || isInterrupt(error)) {
      return interrupted(call, error);
    }
    if (verdict == Watchdog.Verdict.TOO_LATE) {
      return new IOException(
          "the engine did not answer within %d s while %s"
              .formatted(watch.limit().toSeconds(), call.doing()),
          error);
    }
    if (verdict == Watchdog.Verdict.CLOSED) {
      return new IOException("the engine was let go of while " + call.doing(), error);
    }
    Optional<String> unreachable = unreachable(error);
    return unreachable.isPresent()
        ? new EngineUnavailable(address.describe(), unreachable.get(), error)
        : new IOException(
            "the connection to the engine broke while %s: %s".formatted(call.doing(), words(error)),
            error);
  }

  /** Something answers that is no engine. */
  EngineUnavailable stranger(Reply reply) {
    boolean wantsTls = reply.text().contains("HTTP request to an HTTPS server");
    return new EngineUnavailable(
        address.describe(),
        wantsTls
            ? "it wants TLS: give the directory with ca.pem, cert.pem and key.pem, or set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH"
            : "something else than a Docker engine answers there (HTTP %d). Set DOCKER_HOST to the engine, not to Chroma"
                .formatted(reply.status()),
        null);
  }

  private static boolean isInterrupt(IOException error) {
    return Thread.currentThread().isInterrupted() || Interruption.isOf(error);
  }

  private static InterruptedIOException interrupted(Call call, IOException cause) {
    Thread.currentThread().interrupt();
    InterruptedIOException e = new InterruptedIOException("interrupted while " + call.doing());
    e.initCause(cause);
    return e;
  }

  private static IOException unwrapped(Exception e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof IOException found) {
        return found;
      }
    }
    return new IOException(e);
  }

  private Optional<String> unreachable(IOException e) {
    return Optional.ofNullable(address.isLocal() ? socketProblem(e) : networkProblem(e));
  }

  private static @Nullable String socketProblem(IOException e) {
    if (e instanceof BindException || words(e).contains("Permission denied")) {
      return "access to its socket is denied. Add the user to the group docker (usermod -aG docker"
          + " USER, then log in again), or run as root";
    }
    if (e instanceof ConnectException) {
      return "nothing listens at its socket; it does not run" + ELSEWHERE;
    }
    if (e instanceof SocketException && words(e).contains("No such file")) {
      return "there is no such socket: the engine is not installed, or does not run" + ELSEWHERE;
    }
    return null;
  }

  private @Nullable String networkProblem(IOException e) {
    if (e instanceof UnknownHostException) {
      return "the host name is not known" + ELSEWHERE;
    }
    if (e instanceof SSLException) {
      return "TLS fails (%s). Look at its certificates, and whether it talks TLS at that port"
          .formatted(words(e));
    }
    if (e instanceof NoRouteToHostException || e instanceof SocketTimeoutException) {
      return "it does not answer (%s). Look at its address and firewalls".formatted(words(e));
    }
    if (e instanceof ConnectException) {
      return "the connection is refused" + ELSEWHERE;
    }
    return null;
  }

  private static String words(IOException e) {
    return String.valueOf(e.getMessage());
  }
}
