package io.chromabackup.examples.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.chromabackup.ArchiveName;
import io.chromabackup.trial.StoreReport;
import io.chromabackup.trial.StoreReport.Finding;
import io.chromabackup.trial.StoreReport.Verdict;
import io.chromabackup.trial.StoreRule;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnalyzeResultTest {
  private static final ArchiveName LEFT =
      ArchiveName.parse("chromadb_backup_19700101_000001.tar.gz").orElseThrow();

  @Test
  void aBrokenRuleIsToldWithWhatWasSeenAndIsNoSuccess() {
    AnalyzeResult result =
        new AnalyzeResult(
            new StoreReport(
                "/mnt/nas",
                List.of(
                    new Finding(StoreRule.STORE_25, Verdict.KEPT, ""),
                    new Finding(StoreRule.STORE_26, Verdict.NOT_KEPT, "it said true"),
                    new Finding(StoreRule.STORE_32, Verdict.NOT_APPLICABLE, "one is there")),
                List.of(LEFT)));

    assertThat(result.exitCode()).isEqualTo(ExitCode.NO_ROOM);
    assertThat(result.lines())
        .contains(
            "STORE-26    NOT KEPT    Deleting an archive that is not there says false. But it said true",
            "left        " + LEFT + " could not be deleted again: delete it",
            "store       /mnt/nas: 1 rules kept, 1 not kept, 1 not tried");
    assertThat(result.document())
        .containsEntry("kept", false)
        .containsEntry("exitCode", 7)
        .containsEntry("leftBehind", List.of(LEFT.toString()));
    assertThat(result.document().get("rules").toString())
        .contains("rule=STORE-26", "verdict=not-kept", "seen=it said true");
  }
}
