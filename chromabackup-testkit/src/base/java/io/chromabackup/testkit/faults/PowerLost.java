package io.chromabackup.testkit.faults;

import java.io.IOException;

/** Thrown by the step at which power was lost, and by all after it. */
public final class PowerLost extends IOException {
  private static final long serialVersionUID = 1;

  PowerLost(String step) {
    super("power was lost at " + step);
  }
}
