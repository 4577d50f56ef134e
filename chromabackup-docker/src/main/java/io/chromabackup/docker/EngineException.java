package io.chromabackup.docker;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The engine refused something, or failed at it. */
final class EngineException extends IOException {
  static final int CONFLICT = 409;

  private final int status;

  EngineException(String what, int status, String message, @Nullable Throwable cause) {
    super(what + ": " + message, cause);
    this.status = status;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /** The HTTP status; 0 if there was none. */
  int status() {
    return status;
  }

  /** Whether a name was taken already, or the container's state does not allow it. */
  boolean isConflict() {
    return status == CONFLICT;
  }

  /** Whether the engine may not send a signal there: none comes later either. */
  boolean isOfPermission() {
    return getMessage().contains("permission denied");
  }
}
