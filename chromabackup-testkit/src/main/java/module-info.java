import org.jspecify.annotations.NullMarked;

/**
 * Contracts of the interfaces to implement, a data directory that a real Chroma wrote, and a file
 * system that fails.
 */
@NullMarked
module io.chromabackup.testkit {
  requires com.fasterxml.jackson.jr.ob;
  requires java.net.http;
  requires transitive io.chromabackup.core;
  requires transitive org.junit.jupiter.api;
  requires transitive org.junit.jupiter.params;
  requires static transitive org.jspecify;

  exports io.chromabackup.testkit.contract;
  exports io.chromabackup.testkit.faults;
}
