package io.chromabackup;

import java.util.OptionalInt;

/**
 * What is known of one collection.
 *
 * @param tenant the tenant it belongs to
 * @param database the database it belongs to
 * @param name its name, unique within the database
 * @param id its id, a UUID
 * @param dimension the length of its vectors; empty before the first write
 * @param space its distance: {@code l2}, {@code cosine} or {@code ip}
 * @param documents how many documents a server counts in it
 * @param pending how many rows of the embeddings queue its vector index has yet to take in
 */
public record CollectionSummary(
    String tenant,
    String database,
    String name,
    String id,
    OptionalInt dimension,
    String space,
    long documents,
    long pending) {

  /**
   * The name with what it is unique in.
   *
   * @return {@code tenant/database/name}
   */
  public String qualifiedName() {
    return tenant + "/" + database + "/" + name;
  }
}
