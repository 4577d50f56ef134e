package io.chromabackup.examples.rag;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.store.embedding.EmbeddingMatch;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Answers a question with the passage that is nearest to it. A chat model would be given that
 * passage and the question here; for what this application shows, none is needed.
 */
@Component
final class Answers {
  private final ChromaCollection chroma;
  private final EmbeddingModel model;

  Answers(ChromaCollection chroma, EmbeddingModel model) {
    this.chroma = chroma;
    this.model = model;
  }

  /**
   * An answer.
   *
   * @param document the document it is from
   * @param score from 0 to 1
   */
  record Answer(String text, @Nullable String document, double score) {}

  /** Empty if there is no document at all. */
  Optional<Answer> to(String question) {
    EmbeddingSearchRequest request =
        EmbeddingSearchRequest.builder()
            .queryEmbedding(model.embed(question).content())
            .maxResults(1)
            .build();
    return chroma.use(
        store -> store.search(request).matches().stream().findFirst().map(Answers::answer));
  }

  private static Answer answer(EmbeddingMatch<TextSegment> match) {
    return new Answer(
        match.embedded().text(),
        match.embedded().metadata().getString(DocumentStore.DOCUMENT),
        match.score());
  }
}
