import org.jspecify.annotations.NullMarked;

/** Real Chroma servers and a write load whose every record can be checked. */
@NullMarked
module io.chromabackup.testkit {
  requires com.fasterxml.jackson.jr.ob;
  requires java.net.http;
  requires org.junit.jupiter.api;
  requires static transitive org.jspecify;

  exports io.chromabackup.testkit;
  exports io.chromabackup.testkit.faults;
}
