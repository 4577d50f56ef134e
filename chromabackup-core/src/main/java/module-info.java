import org.jspecify.annotations.NullMarked;

/** The interfaces to implement, the algorithms over them, and the knowledge of Chroma's files. */
@NullMarked
module io.chromabackup.core {
  requires java.net.http;
  requires java.sql;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.jr.ob;
  requires org.apache.commons.compress;
  requires org.slf4j;
  requires org.xerial.sqlitejdbc;
  requires pickle;
  requires static com.github.luben.zstd_jni;
  requires static transitive org.jspecify;

  exports io.chromabackup;
  exports io.chromabackup.health;
  exports io.chromabackup.trial;
  exports io.chromabackup.files to
      io.chromabackup.localfs,
      io.chromabackup.docker;
  exports io.chromabackup.chroma to
      io.chromabackup.localfs,
      io.chromabackup.docker;
}
