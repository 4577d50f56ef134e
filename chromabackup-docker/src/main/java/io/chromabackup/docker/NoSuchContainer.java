package io.chromabackup.docker;

import java.io.IOException;

/** A container is not there (any more). Turned into an error for users where one was named. */
final class NoSuchContainer extends IOException {
  NoSuchContainer(String container) {
    super("there is no container " + container);
  }
}
