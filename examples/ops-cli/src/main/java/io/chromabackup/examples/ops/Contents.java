package io.chromabackup.examples.ops;

import io.chromabackup.CollectionSummary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is in an archive. */
final class Contents {
  private Contents() {}

  static String of(List<CollectionSummary> collections) {
    return Figures.count(documents(collections), "document", "documents")
        + " in "
        + Figures.count(collections.size(), "collection", "collections");
  }

  static long documents(List<CollectionSummary> collections) {
    return collections.stream().mapToLong(CollectionSummary::documents).sum();
  }

  static List<Map<String, Object>> document(List<CollectionSummary> collections) {
    return collections.stream().map(Contents::document).toList();
  }

  private static Map<String, Object> document(CollectionSummary collection) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("tenant", collection.tenant());
    document.put("database", collection.database());
    document.put("name", collection.name());
    document.put("documents", collection.documents());
    return document;
  }
}
