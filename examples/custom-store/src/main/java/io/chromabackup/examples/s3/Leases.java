package io.chromabackup.examples.s3;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Objects that say that somebody is at work, and that say so no longer once they were not renewed
 * for a while: the server's clock alone decides.
 *
 * <p>What only one may have is taken in turns that are numbered. The highest number has it, until
 * it is emptied or not renewed. So all that is asked of the server is that a number is given once.
 *
 * @param bucket where they are
 * @param term for how long a lease counts after it was renewed
 */
record Leases(Bucket bucket, Duration term) {
  private static final String FIRST = "%019d".formatted(0);

  /** Says that somebody is at work, beside others. */
  Lease join(String directory, String text) throws IOException {
    Lease lease = new Lease(bucket, directory + UUID.randomUUID(), text, term, bucket::delete);
    lease.write();
    return lease.renewed();
  }

  /** Those that count, without the directory. */
  List<String> living(String directory) throws IOException {
    List<String> living = new ArrayList<>();
    Bucket.Listing all = bucket.list(directory);
    for (Bucket.Stored mark : all.objects()) {
      if (counts(all, mark)) {
        living.add(mark.key().substring(directory.length()));
      }
    }
    return living;
  }

  /** Deletes those that do not count. */
  void sweep(String directory) throws IOException {
    Bucket.Listing all = bucket.list(directory);
    for (Bucket.Stored mark : all.objects()) {
      if (!counts(all, mark)) {
        bucket.delete(mark.key());
      }
    }
  }

  /** Takes what only one may have; empty if another has it. */
  Optional<Lease> take(String directory, String text) throws IOException {
    Bucket.Listing turns = bucket.list(directory);
    Optional<Bucket.Stored> last = last(turns);
    if (last.isPresent() && counts(turns, last.get())) {
      return Optional.empty();
    }
    String mine = after(last.map(Bucket.Stored::key).orElse(directory + FIRST));
    Lease lease = new Lease(bucket, mine, text, term, key -> bucket.put(key, ""));
    if (!lease.create()) {
      return Optional.empty();
    }
    // past turns are deleted: if this one was another's, there is a later one
    if (!last(bucket.list(directory)).map(Bucket.Stored::key).equals(Optional.of(mine))) {
      bucket.delete(mine);
      return Optional.empty();
    }
    Lease taken = lease.renewed();
    for (Bucket.Stored past : turns.objects()) {
      Lease.quietly(() -> bucket.delete(past.key()), past.key());
    }
    return Optional.of(taken);
  }

  /** Who has what only one may have, in his own words. */
  Optional<String> holder(String directory) throws IOException {
    Bucket.Listing turns = bucket.list(directory);
    Optional<Bucket.Stored> last = last(turns).filter(turn -> counts(turns, turn));
    return last.isEmpty()
        ? Optional.empty()
        : Optional.of(Lease.textOf(bucket.text(last.get().key())));
  }

  private static Optional<Bucket.Stored> last(Bucket.Listing turns) {
    List<Bucket.Stored> all = turns.objects();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  private static String after(String turn) {
    int digits = turn.length() - FIRST.length();
    return "%s%019d".formatted(turn.substring(0, digits), Long.parseLong(turn.substring(digits)) + 1);
  }

  private boolean counts(Bucket.Listing all, Bucket.Stored lease) {
    return lease.size() > 0 && !lease.modified().plus(term).isBefore(all.now());
  }
}
