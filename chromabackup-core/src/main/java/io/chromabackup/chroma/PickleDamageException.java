package io.chromabackup.chroma;

/** A pickle is torn or damaged, or holds what no pickle of Chroma holds. */
final class PickleDamageException extends Exception {
  PickleDamageException(String message) {
    super(message);
  }

  PickleDamageException(String message, Throwable cause) {
    super(message, cause);
  }
}
