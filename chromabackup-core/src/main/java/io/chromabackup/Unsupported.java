package io.chromabackup;

import java.io.IOException;

/** What this process cannot read, of an archive that may be sound: the message says why. */
final class Unsupported extends IOException {
  Unsupported(String message) {
    super(message);
  }
}
