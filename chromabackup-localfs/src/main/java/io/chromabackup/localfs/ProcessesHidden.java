package io.chromabackup.localfs;

import java.io.IOException;

/** A process that is not to be seen may be there all the same: others are not to be seen either. */
final class ProcessesHidden extends IOException {
  private static final long serialVersionUID = 1;

  private final long pid;

  ProcessesHidden(long pid) {
    super(
        ("it cannot be told whether process %d is there: this user cannot see other users'"
                + " processes here (hidepid, or systemd's ProtectProc). Give a status command, or"
                + " run as the user of that process")
            .formatted(pid));
    this.pid = pid;
  }

  /** Which process it may be. */
  long pid() {
    return pid;
  }
}
