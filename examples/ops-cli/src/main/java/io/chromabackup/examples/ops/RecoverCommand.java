package io.chromabackup.examples.ops;

import io.chromabackup.ChromaDeployment;
import io.chromabackup.localfs.LocalArchiveStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code chromabackup recover SOURCE}. */
@Command(
    name = "recover",
    description = "Settles what a backup or restore of SOURCE that was killed left behind.")
@SuppressWarnings("NullAway.Init")
final class RecoverCommand extends SourceOperation {
  @Parameters(paramLabel = "SOURCE", description = "See 'chromabackup --help'.")
  private String source;

  @Override
  String source() {
    return source;
  }

  @Override
  Result run(ChromaDeployment chroma, LocalArchiveStore archives) throws IOException {
    return new Recovered(chroma.target().describe(), backups(archives).build().recover(chroma));
  }

  /** What was settled; empty if there was nothing to settle. */
  private record Recovered(String target, Optional<String> done) implements Result {
    @Override
    public Map<String, Object> document() {
      return Map.of(
          "target", target,
          "recovered", done.isPresent(),
          "done", done.orElse(""),
          "exitCode", exitCode().code());
    }

    @Override
    public List<String> lines() {
      return new Lines()
          .add("recovered", "%s: %s".formatted(target, done.orElse("there was nothing to do")))
          .toList();
    }
  }
}
