package io.chromabackup.testkit.contract;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every {@link io.chromabackup.RestoreTarget} must keep, one test for each {@link TargetRule}.
 * A test class implements this and says how its target is opened, and how files are written and
 * read where it restores to:
 *
 * <pre>{@code
 * class MyTargetTest implements RestoreTargetContract {
 *   @TempDir Path data; // a fresh one for every rule
 *
 *   @Override
 *   public RestoreTarget open() {
 *     return new MyTarget(data);
 *   }
 *
 *   @Override
 *   public void put(Map<String, String> files) throws IOException {
 *     DataFiles.write(data, files);
 *   }
 *
 *   @Override
 *   public Map<String, String> live() throws IOException {
 *     return DataFiles.read(data);
 *   }
 * }
 * }</pre>
 */
public interface RestoreTargetContract extends TargetAccess {
  /**
   * The target keeps a rule.
   *
   * @param rule the rule
   * @throws IOException if the target fails
   */
  @ParameterizedTest(name = "{0}")
  @EnumSource
  default void keeps(TargetRule rule) throws IOException {
    rule.tryOn(this);
  }
}
