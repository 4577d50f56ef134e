package io.chromabackup;

/** How far the way back from a restore led. */
enum Undone {
  ALL("The old data is back"),
  CHROMA_RUNS_ON(
      "The old data is NOT back yet: Chroma could not be stopped again, and may run on what was"
          + " restored. Stop it, then call ChromaBackup.recover."),
  CHROMA_LEFT_DOWN(
      "The old data is NOT back yet, and Chroma, which was stopped for it, IS DOWN, so that it"
          + " does not run on half of it. Mend the cause, then call ChromaBackup.recover."),
  CHROMA_WAS_DOWN(
      "The old data is NOT back yet, and Chroma is not to be started, so that it does not run on"
          + " half of it. Mend the cause, then call ChromaBackup.recover.");

  private final String words;

  Undone(String words) {
    this.words = words;
  }

  String inWords() {
    return words;
  }
}
