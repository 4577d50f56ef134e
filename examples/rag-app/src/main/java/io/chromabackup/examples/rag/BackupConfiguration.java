package io.chromabackup.examples.rag;

import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaDeployment;
import io.chromabackup.health.ChromaHealth;
import io.chromabackup.localfs.LocalArchiveStore;
import io.chromabackup.localfs.LocalChroma;
import io.chromabackup.localfs.LocalService;
import java.io.IOException;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the library is told about this application's Chroma. */
@Configuration(proxyBeanMethods = false)
class BackupConfiguration {

  /** Closed with the application. */
  @Bean
  ArchiveStore archiveStore(RagProperties properties) throws IOException {
    return LocalArchiveStore.in(properties.backup().store());
  }

  @Bean
  ChromaDeployment chromaDeployment(RagProperties properties, ChromaCollection application) {
    ChromaDeployment chroma =
        LocalChroma.at(properties.backup().data())
            .withDependents(application)
            .checkedBy(ChromaHealth.at(properties.chroma().url()));
    RagProperties.Service service = properties.backup().service();
    return service == null ? chroma : chroma.heldBy(controller(service));
  }

  private static LocalService controller(RagProperties.Service service) {
    return LocalService.builder("chroma")
        .pidFile(service.pidFile())
        .stopCommand(service.stop().toArray(String[]::new))
        .startCommand(service.start().toArray(String[]::new))
        .build();
  }

  @Bean
  InstantSource clock() {
    return InstantSource.system();
  }
}
