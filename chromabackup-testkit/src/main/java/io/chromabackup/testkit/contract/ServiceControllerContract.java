package io.chromabackup.testkit.contract;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every {@link io.chromabackup.ServiceController} must keep, one test for each {@link
 * ServiceRule}. A test class implements this and says how a controller is opened, and how the
 * service is brought into a state and looked at past it.
 */
public interface ServiceControllerContract extends ServiceAccess {
  /**
   * The controller keeps a rule.
   *
   * @param rule the rule
   * @throws IOException if the controller fails
   */
  @ParameterizedTest(name = "{0}")
  @EnumSource
  default void keeps(ServiceRule rule) throws IOException {
    rule.tryOn(this);
  }
}
