package io.chromabackup.examples.ops;

import io.chromabackup.BackupSource;
import io.chromabackup.CollectionSummary;
import io.chromabackup.RestorePlan;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Shows what a restore is about to do, and wants to read "yes". */
final class RestoreQuestion implements Predicate<RestorePlan> {
  private static final int COLLECTIONS_SHOWN = 12;

  private final Terminal terminal;
  private final BackupSource source;

  /** {@code source} is what the archive should be of. */
  RestoreQuestion(Terminal terminal, BackupSource source) {
    this.terminal = terminal;
    this.source = source;
  }

  @Override
  public boolean test(RestorePlan plan) {
    terminal.stderr().erase();
    lines(plan, source).forEach(System.err::println);
    System.err.print("Type 'yes' to replace it: ");
    System.err.flush();
    String answer = answer();
    if (answer == null) {
      System.err.println();
    }
    return "yes".equals(answer);
  }

  static List<String> lines(RestorePlan plan, BackupSource source) {
    Lines lines =
        new Lines()
            .add("replaces", "the Chroma data in %s".formatted(plan.target()))
            .add("there now", now(plan))
            .add(
                "instead", "%s, from %s".formatted(Contents.of(plan.collections()), plan.archive()))
            .add(
                "of",
                plan.source()
                    .map(of -> of(of, source))
                    .orElse("an old script, which noted no source"));
    plan.collections().stream()
        .limit(COLLECTIONS_SHOWN)
        .forEach(collection -> lines.add("", line(collection)));
    int more = plan.collections().size() - COLLECTIONS_SHOWN;
    if (more > 0) {
      lines.add("", "and %s".formatted(Figures.count(more, "collection more", "collections more")));
    }
    lines.add(
        "stops",
        plan.services().isEmpty()
            ? "nothing; no service is known, so none may run"
            : String.join(", ", plan.services()) + ", as far as they run; they are started again");
    return lines.addAll("DAMAGED", plan.faults()).toList();
  }

  private static String of(String archived, BackupSource source) {
    return source.wasOnce(archived)
        ? archived
        : "%s, ANOTHER SOURCE than %s".formatted(archived, source.describe());
  }

  private static String now(RestorePlan plan) {
    return plan.documentsNow().isPresent()
        ? Figures.count(plan.documentsNow().getAsLong(), "document", "documents")
        : "data whose documents cannot be counted";
  }

  private static String line(CollectionSummary collection) {
    return "%s: %s"
        .formatted(
            collection.qualifiedName(),
            Figures.count(collection.documents(), "document", "documents"));
  }

  /**
   * Null if there is none, or a signal came before it. Reading a terminal cannot be interrupted, so
   * that another thread does it, which ends with the process.
   */
  private static @Nullable String answer() {
    CompletableFuture<@Nullable String> answer = new CompletableFuture<>();
    Thread reader = new Thread(() -> read(answer), "answer");
    reader.setDaemon(true);
    reader.start();
    try {
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } catch (ExecutionException e) {
      return null;
    }
  }

  private static void read(CompletableFuture<@Nullable String> answer) {
    try {
      String line =
          new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
      answer.complete(line == null ? null : line.strip());
    } catch (IOException e) {
      answer.completeExceptionally(e);
    }
  }
}
