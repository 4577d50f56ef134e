import org.jspecify.annotations.NullMarked;

/** A Chroma data directory in a container, and containers and compose services as services. */
@NullMarked
@SuppressWarnings("requires-automatic") // docker-java names its modules in its manifests
module io.chromabackup.docker {
  requires transitive io.chromabackup.core;
  requires java.net.http;
  requires com.fasterxml.jackson.jr.ob;
  requires com.github.dockerjava.api;
  requires com.github.dockerjava.core;
  requires com.github.dockerjava.transport;
  requires com.github.dockerjava.transport.zerodep;
  requires org.apache.commons.compress;
  requires org.slf4j;
  requires org.snakeyaml.engine;
  requires static org.immutables.value.annotations;
  requires static org.jspecify;

  exports io.chromabackup.docker;
}
