import org.jspecify.annotations.NullMarked;

/** Contracts of the interfaces to implement, real Chroma servers, and a file system that fails. */
@NullMarked
module io.chromabackup.testkit {
  requires com.fasterxml.jackson.jr.ob;
  requires java.net.http;
  requires transitive io.chromabackup.core;
  requires transitive org.junit.jupiter.api;
  requires transitive org.junit.jupiter.params;
  requires static transitive org.jspecify;

  exports io.chromabackup.testkit;
  exports io.chromabackup.testkit.contract;
  exports io.chromabackup.testkit.faults;
}
