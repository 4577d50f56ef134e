import org.jspecify.annotations.NullMarked;

/** A Chroma data directory and an archive store on the file system, and processes as services. */
@NullMarked
module io.chromabackup.localfs {
  requires transitive io.chromabackup.core;
  requires org.slf4j;
  requires static org.jspecify;

  exports io.chromabackup.localfs;
}
