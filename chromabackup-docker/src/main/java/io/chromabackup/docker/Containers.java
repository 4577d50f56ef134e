package io.chromabackup.docker;

import java.io.IOException;
import java.util.List;

@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"})
record Containers(Engine engine) {
  Container named(String n) throws IOException {
    return engine.inspect(n);
  }

  Container ofService(String p, String s) throws IOException {
    return engine.inspect(p + s);
  }

  List<Container> dependents(Container c, String n) throws IOException {
    return List.of(engine.inspect(n));
  }
}
