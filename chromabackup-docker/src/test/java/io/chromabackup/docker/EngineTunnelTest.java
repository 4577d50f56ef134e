package io.chromabackup.docker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EngineTunnelTest {
  @Test
  void whatCameInsteadOfAConnectionIsPutInWords() {
    assertThat(EngineTunnel.problem("", "bash: connect: Connection refused\nbash: line 1: ..."))
        .isEqualTo("no connection");
    assertThat(
            EngineTunnel.problem(
                "OCI runtime exec failed: exec: \"bash\": executable file not found in $PATH\r",
                ""))
        .contains("no bash");
    assertThat(
            EngineTunnel.problem(
                "executable file `bash` not found in $PATH: No such file or directory", ""))
        .as("crun's words")
        .contains("no bash");
    assertThat(EngineTunnel.problem("", "")).isEqualTo("bash ended at once");
    assertThat(EngineTunnel.problem("", "cat: command\n not found"))
        .isEqualTo("cat: command not found");
  }
}
