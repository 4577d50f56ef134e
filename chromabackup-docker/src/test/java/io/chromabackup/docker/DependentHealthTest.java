package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DependentHealthTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:8001/health",
        "HTTPS://rag-server/health?token=x",
        "http://[::1]:8001",
        "http://172.18.0.3/"
      })
  void whatCanBeAskedIsTaken(String address) {
    assertThat(DependentHealth.requireAskable(URI.create(address))).hasToString(address);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://localhost/", "localhost:8001/health", "/health", "tcp://a:1", ""})
  void anotherSchemeIsRefusedAtOnce(String address) {
    assertThatThrownBy(() -> DependentHealth.requireAskable(URI.create(address)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("http://");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://rag_server:8001/", "http:///health", "https:health"})
  void whatIsNoHostIsRefusedAtOnce(String address) {
    assertThatThrownBy(() -> DependentHealth.requireAskable(URI.create(address)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(address)
        .hasMessageContaining("underscore");
  }

  @Test
  void noSecretIsInTheRefusal() {
    assertThatThrownBy(
            () ->
                DependentHealth.requireAskable(
                    URI.create("http://user:s3cret@rag_server:8001/health?token=s3cret")))
        .hasMessageContaining("http://rag_server:8001/health")
        .hasMessageNotContaining("s3cret");
  }
}
