package io.chromabackup.examples.ops;

import io.chromabackup.ChromaBackup;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.localfs.LocalArchiveStore;
import java.io.IOException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/** A command that is about one deployment. */
@SuppressWarnings("NullAway.Init")
abstract class SourceOperation extends Operation {
  @Mixin private DeploymentOptions deployment;

  /** What was written for SOURCE. */
  abstract String source();

  /** Does it, with the deployment and the store. */
  abstract Result run(ChromaDeployment chroma, LocalArchiveStore archives) throws IOException;

  /** How the command sees the store. */
  ChromaBackup.Builder backups(LocalArchiveStore archives) {
    return store.backups(archives).progress(output.progress(terminal()));
  }

  @Override
  final Result run() throws IOException {
    try (OpenDeployment opened = open();
        LocalArchiveStore archives = store.open()) {
      return run(opened.chroma(), archives);
    }
  }

  private OpenDeployment open() throws IOException {
    try {
      return deployment.open(source());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
