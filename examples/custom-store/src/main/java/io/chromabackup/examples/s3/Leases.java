package io.chromabackup.examples.s3;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

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
  private static final Pattern TURN = Pattern.compile("[0-9]{19}");

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
    Turns turns = turns(directory);
    if (turns.isTaken()) {
      return Optional.empty();
    }
    String mine = turns.next();
    Lease lease = new Lease(bucket, mine, text, term, key -> bucket.put(key, ""));
    if (!lease.create()) {
      return Optional.empty();
    }
    // past turns are deleted: if this one was another's already, there is a later one
    if (!turns(directory).last().map(Bucket.Stored::key).equals(Optional.of(mine))) {
      bucket.delete(mine);
      return Optional.empty();
    }
    Lease taken = lease.renewed();
    for (Bucket.Stored past : turns.all) {
      Lease.quietly(() -> bucket.delete(past.key()), past.key());
    }
    return Optional.of(taken);
  }

  /** Who has what only one may have, in his own words. */
  Optional<String> holder(String directory) throws IOException {
    Turns turns = turns(directory);
    return turns.isTaken()
        ? Optional.of(Lease.textOf(bucket.text(turns.last().orElseThrow().key())))
        : Optional.empty();
  }

  private Turns turns(String directory) throws IOException {
    Bucket.Listing listing = bucket.list(directory);
    List<Bucket.Stored> numbered =
        listing.objects().stream()
            .filter(turn -> TURN.matcher(turn.key().substring(directory.length())).matches())
            .toList();
    boolean taken = !numbered.isEmpty() && counts(listing, numbered.get(numbered.size() - 1));
    return new Turns(directory, numbered, taken);
  }

  /** The turns that there were, sorted, and whether the last one still is. */
  private record Turns(String directory, List<Bucket.Stored> all, boolean isTaken) {
    Optional<Bucket.Stored> last() {
      return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    String next() {
      long last =
          last().map(turn -> Long.parseLong(turn.key().substring(directory.length()))).orElse(0L);
      return "%s%019d".formatted(directory, last + 1);
    }
  }

  private boolean counts(Bucket.Listing all, Bucket.Stored lease) {
    return lease.size() > 0 && !lease.modified().plus(term).isBefore(all.now());
  }
}
