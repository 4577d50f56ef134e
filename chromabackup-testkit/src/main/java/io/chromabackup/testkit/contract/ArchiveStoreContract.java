package io.chromabackup.testkit.contract;

import io.chromabackup.trial.StoreAccess;
import io.chromabackup.trial.StoreReport;
import io.chromabackup.trial.StoreRule;
import java.io.IOException;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every {@link io.chromabackup.ArchiveStore} must keep, one test for each {@link StoreRule}. A
 * test class implements this and says how its store is opened:
 *
 * <pre>{@code
 * class MyStoreTest implements ArchiveStoreContract {
 *   @TempDir Path place; // a fresh one for every rule
 *
 *   @Override
 *   public ArchiveStore open() {
 *     return new MyStore(place);
 *   }
 * }
 * }</pre>
 *
 * <p>All instances that {@link #open()} gives during one test are of the same archives. With the
 * other methods of {@link StoreAccess}, the rules about a place that fails, about what strangers
 * put there, and about secrets can be tried too; without them they are skipped, and say so.
 */
public interface ArchiveStoreContract extends StoreAccess {
  /**
   * The store keeps a rule.
   *
   * @param rule the rule
   * @throws IOException if the store cannot be opened at all
   */
  @ParameterizedTest(name = "{0}")
  @EnumSource
  default void keeps(StoreRule rule) throws IOException {
    StoreReport.Finding finding = rule.tryOn(this);
    switch (finding.verdict()) {
      case NOT_KEPT -> Assertions.fail(rule + " But " + finding.seen());
      case NOT_APPLICABLE -> Assumptions.abort(finding.seen());
      case KEPT -> {}
    }
  }
}
