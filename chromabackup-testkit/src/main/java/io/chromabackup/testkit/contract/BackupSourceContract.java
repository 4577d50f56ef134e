package io.chromabackup.testkit.contract;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every {@link io.chromabackup.BackupSource} must keep, one test for each {@link SourceRule}.
 * A test class implements this and says how its source is opened, and how files are put where it
 * reads; {@link SampleChroma} is what they are.
 */
public interface BackupSourceContract extends SourceAccess {
  /**
   * The source keeps a rule.
   *
   * @param rule the rule
   * @throws IOException if the source fails
   */
  @ParameterizedTest(name = "{0}")
  @EnumSource
  default void keeps(SourceRule rule) throws IOException {
    rule.tryOn(this);
  }
}
