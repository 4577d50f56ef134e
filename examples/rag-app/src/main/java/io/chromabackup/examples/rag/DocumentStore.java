package io.chromabackup.examples.rag;

import static dev.langchain4j.store.embedding.filter.MetadataFilterBuilder.metadataKey;

import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.springframework.stereotype.Component;

/** Puts documents into Chroma, paragraph by paragraph. */
@Component
final class DocumentStore {
  static final String DOCUMENT = "document";

  private static final Pattern BLANK_LINES = Pattern.compile("(?:\\h*\\R){2,}");

  private final ChromaCollection chroma;
  private final EmbeddingModel model;

  DocumentStore(ChromaCollection chroma, EmbeddingModel model) {
    this.chroma = chroma;
    this.model = model;
  }

  /**
   * Puts a document in the place of what it was before.
   *
   * @param name what to call it
   * @return of how many passages it is
   */
  int put(String name, String text) {
    List<TextSegment> passages = passages(name, text);
    List<Embedding> embeddings = model.embedAll(passages).content();
    return chroma.use(
        store -> {
          store.removeAll(metadataKey(DOCUMENT).isEqualTo(name));
          if (!passages.isEmpty()) {
            store.addAll(ids(name, passages.size()), embeddings, passages);
          }
          return passages.size();
        });
  }

  private static List<TextSegment> passages(String name, String text) {
    return BLANK_LINES
        .splitAsStream(text.strip())
        .filter(passage -> !passage.isBlank())
        .map(passage -> TextSegment.from(passage.strip(), Metadata.from(DOCUMENT, name)))
        .toList();
  }

  private static List<String> ids(String name, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> (name + '#' + i).getBytes(StandardCharsets.UTF_8))
        .map(bytes -> UUID.nameUUIDFromBytes(bytes).toString())
        .toList();
  }
}
