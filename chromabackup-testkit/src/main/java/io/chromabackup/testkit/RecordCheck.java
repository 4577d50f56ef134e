package io.chromabackup.testkit;

import io.chromabackup.testkit.ChromaClient.Collection;
import io.chromabackup.testkit.ChromaClient.Entry;
import io.chromabackup.testkit.ChromaClient.ServerError;
import io.chromabackup.testkit.VectorCode.Code;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads every record that a server holds and checks that its vector, its metadata and its document
 * are of the same record and the same version. The records must be those of {@link
 * WriteLoad#entry}, and nobody may write meanwhile.
 *
 * <p>A server answers its heartbeat and counts records even where vectors are lost: only reading
 * them tells.
 */
public final class RecordCheck {

  /**
   * What was found.
   *
   * @param wrong one line for each thing that is not right, naming its collection
   */
  public record Result(int collections, long records, List<String> wrong) {}

  private static final int PAGE = 500;

  /** A graph index may miss a few neighbours, one that lost its vectors misses most. */
  private static int mayMiss(int samples) {
    return Math.max(samples / 10, Math.min(2, samples / 2));
  }

  private static final int QUERIES = 100;

  private final ChromaClient client;
  private final List<String> wrong = new ArrayList<>();
  private int collections;
  private long records;

  private RecordCheck(ChromaClient client) {
    this.client = client;
  }

  /** Checks all databases of the default tenant. */
  public static Result run(ChromaClient client) {
    return run(client, List.of(ChromaClient.DEFAULT_TENANT));
  }

  /** Checks all databases of these tenants; the server has no list of tenants to ask for. */
  public static Result run(ChromaClient client, List<String> tenants) {
    RecordCheck check = new RecordCheck(client);
    for (String tenant : tenants) {
      check.attempt(tenant, () -> check.checkTenant(tenant));
    }
    return new Result(check.collections, check.records, List.copyOf(check.wrong));
  }

  private void checkTenant(String tenant) {
    for (String database : client.databases(tenant)) {
      List<Collection> all = new ArrayList<>();
      attempt(tenant + "/" + database, () -> all.addAll(client.collections(tenant, database)));
      all.forEach(this::check);
    }
  }

  private void check(Collection collection) {
    collections++;
    Set<String> ids = new HashSet<>();
    List<Entry> samples = new ArrayList<>();
    attempt(collection, () -> readPages(collection, ids, samples));
    attempt(collection, () -> checkCount(collection, ids.size()));
    attempt(collection, () -> checkQueries(collection, samples));
    records += ids.size();
  }

  /** One collection's error must not keep the others from being checked. */
  private void attempt(Object what, Runnable step) {
    try {
      step.run();
    } catch (ServerError | UncheckedIOException e) {
      wrong.add(what + ": " + e.getMessage());
    }
  }

  private void readPages(Collection collection, Set<String> ids, List<Entry> samples) {
    List<Entry> page;
    int offset = 0;
    do {
      page = client.page(collection, offset, PAGE);
      page.forEach(entry -> checkEntry(collection, entry, ids));
      checkFoundById(collection, page);
      addSamples(samples, page);
      offset += page.size();
    } while (!page.isEmpty());
  }

  private void addSamples(List<Entry> samples, List<Entry> page) {
    for (int i = 0; i < page.size(); i += 10) {
      samples.add(page.get(i));
    }
  }

  private void checkEntry(Collection collection, Entry entry, Set<String> ids) {
    if (!ids.add(entry.id())) {
      wrong.add(collection + ": " + entry.id() + " was read twice");
    }
    try {
      Code code = VectorCode.decode(entry.embedding(), collection.space());
      checkParts(collection, entry, code);
    } catch (IllegalArgumentException e) {
      wrong.add(collection + ": " + entry.id() + ": " + e.getMessage());
    }
  }

  private void checkParts(Collection collection, Entry entry, Code code) {
    boolean sameRecord = entry.id().equals("r" + code.number());
    boolean sameAge = Integer.valueOf(code.version()).equals(version(entry.metadata()));
    if (!sameRecord || !sameAge || !isDocumentOf(entry.document(), code)) {
      wrong.add(
          "%s: %s has the vector of %s, metadata %s and document '%s'"
              .formatted(collection, entry.id(), code, entry.metadata(), entry.document()));
    }
  }

  private static @Nullable Object version(@Nullable Map<String, Object> metadata) {
    return metadata == null ? null : metadata.get("version");
  }

  private static boolean isDocumentOf(@Nullable String document, Code code) {
    return document == null || document.endsWith(" v" + code.version());
  }

  private void checkFoundById(Collection collection, List<Entry> page) {
    if (page.isEmpty()) {
      return;
    }
    List<String> ids = page.stream().map(Entry::id).toList();
    int found = client.get(collection, ids).size();
    if (found != ids.size()) {
      wrong.add(
          "%s: %d of %d records were found by their ids".formatted(collection, found, ids.size()));
    }
  }

  private void checkCount(Collection collection, int read) {
    int count = client.count(collection);
    if (count != read) {
      wrong.add(
          "%s: the server counts %d records, %d were read".formatted(collection, count, read));
    }
  }

  private void checkQueries(Collection collection, List<Entry> samples) {
    int found = 0;
    for (int start = 0; start < samples.size(); start += QUERIES) {
      found += found(collection, samples.subList(start, Math.min(samples.size(), start + QUERIES)));
    }
    if (samples.size() - found > mayMiss(samples.size())) {
      wrong.add("%s: queries found %d of %d records".formatted(collection, found, samples.size()));
    }
  }

  private int found(Collection collection, List<Entry> samples) {
    List<List<String>> answers =
        client.query(collection, samples.stream().map(Entry::embedding).toList(), 10);
    int found = 0;
    for (int i = 0; i < samples.size(); i++) {
      if (answers.get(i).contains(samples.get(i).id())) {
        found++;
      }
    }
    return found;
  }
}
