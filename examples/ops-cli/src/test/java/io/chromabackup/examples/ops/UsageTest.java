package io.chromabackup.examples.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class UsageTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String arguments) {
    return execute(arguments.isEmpty() ? new String[0] : arguments.split(" "));
  }

  private int execute(String... arguments) {
    Terminal terminal =
        new Terminal(false, false, 80, new StatusLine(OutputStream.nullOutputStream()));
    CommandLine line = CommandLines.of(terminal, new Signals(Thread.currentThread()));
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "backup",
        "backup podman:x",
        "backup ./missing --nonsense",
        "backup ./missing --keep-days 0",
        "backup ./missing --keep-last none",
        "backup ./missing --quiesce loudly",
        "backup ./missing --cold --quiesce pause",
        "backup ./missing --stop-command true",
        "backup ./missing --systemd chroma --pid-file chroma.pid",
        "backup ./missing --dependent rag-server",
        "backup ./missing --store file://nas/backups",
        "backup docker:x --systemd chroma",
        "backup docker:x --docker-certs certs",
        "restore latest",
        "restore latest ./missing --patience soon",
        "restore latest ./missing --dependent a --dependent-if-any b",
        "restore latest ./missing --dependent a=localhost",
        "restore latest ./missing --chroma-url http://localhost:1 --header-env Token=UNSET",
        "verify latest --all",
        "list --keep-days 0"
      })
  void wrongUsageIsTwoAndSaysWhereHelpIs(String arguments) {
    assertThat(execute(arguments)).isEqualTo(2);
    assertThat(err.toString()).startsWith("chromabackup: ").contains("--help'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--chroma-url http://localhost:1 --header-env Authorization:sEcReT",
        "--chroma-url http://localhost:1 --header-env Authorization=sEcReT",
        "--chroma-url ht^tp://user:sEcReT@localhost",
        "--chroma-url http://user:sEcReT@localhost",
        "--chroma-ulr=http://user:sEcReT@localhost",
        "--header-evn Authorization=sEcReT",
        "--header-env Authorization:sEcReT=",
        "--header-env sEcReT==",
        "--dependent a=httq://user:sEcReT@localhost",
        "--dependent a=http://user:sEcReT@local^host",
        "--dependent =http://user:sEcReT@localhost",
        "--dependent-if-any a=user:sEcReT@localhost",
        "--docker-host ht^tp://user:sEcReT@localhost",
        "http://user:sEcReT@localhost",
        "--chroma-url http://localhost:1 --header-env Authorization=Bearer sEcReT"
      })
  void whatMayBeASecretIsNotRepeated(String arguments) {
    assertThat(execute("restore latest ./missing " + arguments)).isEqualTo(2);
    assertThat(out + err.toString()).doesNotContain("sEcReT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "file:relative.tar.gz", "file://nas/backups/a.tar.gz"})
  void whatCannotBeAnArchiveIsWrongUsage(String archive) {
    assertThat(execute("verify", archive)).isEqualTo(2);
    assertThat(execute("restore", archive, "./missing")).isEqualTo(2);
    assertThat(err.toString()).contains("chromabackup: ", "ARCHIVE", "--help'");
  }

  @Test
  void aMistypedOptionIsNamed() {
    assertThat(execute("restore latest ./missing --header-evn Authorization=TOKEN")).isEqualTo(2);
    assertThat(err.toString()).contains("no such option: --header-evn", "--header-env");
  }

  @Test
  void anArgumentTooManyIsCountedAndNotRepeated() {
    assertThat(execute("restore latest ./missing --header-env Authorization=Bearer TOKEN"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("argument 6 is one too many").doesNotContain("TOKEN");
  }

  @Test
  void whatIsNoCommandIsAnsweredWithThoseThereAre() {
    execute("bakcup docker:x");

    assertThat(err.toString()).contains("argument 1 is no command", "backup, restore");
  }

  @Test
  void anUnclearSourceIsAnsweredWithTheSchemes() {
    execute("backup podman:x");

    assertThat(err.toString())
        .contains("podman", "docker:NAME", "compose:PROJECT/SERVICE", "file:");
  }

  @Test
  void theHelpTellsEachExitCode() {
    assertThat(execute("--help")).isZero();
    for (ExitCode code : ExitCode.values()) {
      assertThat(out.toString()).containsPattern("(?m)^ +" + code.code() + " +\\S");
    }
  }
}
