package io.chromabackup.chroma;

import java.util.OptionalInt;

/**
 * One collection, as a data directory holds it.
 *
 * @param id its id, a UUID
 * @param tenant the tenant it belongs to
 * @param database the database it belongs to
 * @param name its name, unique within the database
 * @param dimension the length of its vectors; empty before the first write
 * @param space its distance: {@code l2}, {@code cosine} or {@code ip}
 * @param documents how many records a server counts in it, once it has taken in what is queued
 * @param pending how many rows of the queue its vector index has yet to take in; a server does so
 *     when the collection is first touched
 */
public record CollectionState(
    String id,
    String tenant,
    String database,
    String name,
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
