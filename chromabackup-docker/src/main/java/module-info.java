/** A Chroma data directory in a container, and containers and compose services as services. */
module io.chromabackup.docker {
  requires transitive io.chromabackup.core;
}
