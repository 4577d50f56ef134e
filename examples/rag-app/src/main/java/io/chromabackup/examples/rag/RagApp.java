package io.chromabackup.examples.rag;

import dev.langchain4j.model.embedding.EmbeddingModel;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Fallback;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Answers questions from the documents in a Chroma, and backs that Chroma up. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class RagApp {

  /** Starts the application; its settings are in {@code application.properties}. */
  public static void main(String[] args) {
    SpringApplication.run(RagApp.class, args);
  }

  /** Gives way to any other model that is declared as a bean. */
  @Bean
  @Fallback
  EmbeddingModel hashedWords() {
    return new HashedWords();
  }
}
