package io.chromabackup.chroma;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SchemaFingerprintTest {
  private static final SchemaFingerprint V1_0 =
      new SchemaFingerprint(Map.of("sysdb", 9, "metadb", 5, "embeddings_queue", 2));
  private static final SchemaFingerprint V1_5 =
      new SchemaFingerprint(Map.of("sysdb", 10, "metadb", 6, "embeddings_queue", 2));

  @Test
  void anyHigherMigrationMakesItNewer() {
    assertThat(V1_5.isNewerThan(V1_0)).isTrue();
    assertThat(V1_0.isNewerThan(V1_5)).isFalse();
    assertThat(V1_5.isNewerThan(V1_5)).isFalse();
  }

  @Test
  void twoBranchesAreNewerThanEachOther() {
    SchemaFingerprint one = new SchemaFingerprint(Map.of("sysdb", 2, "metadb", 1));
    SchemaFingerprint other = new SchemaFingerprint(Map.of("sysdb", 1, "metadb", 2));

    assertThat(one.isNewerThan(other)).isTrue();
    assertThat(other.isNewerThan(one)).isTrue();
  }

  @Test
  void aNewKindOfMigrationMakesItNewer() {
    assertThat(new SchemaFingerprint(Map.of("sysdb", 9, "more", 1)).isNewerThan(V1_0)).isTrue();
    assertThat(new SchemaFingerprint(Map.of("sysdb", 9)).isNewerThan(V1_0)).isFalse();
  }

  @Test
  void theUnknownIsNotNewerThanAnything() {
    assertThat(SchemaFingerprint.UNKNOWN.isNewerThan(V1_0)).isFalse();
    assertThat(V1_0.isNewerThan(SchemaFingerprint.UNKNOWN)).isTrue();
  }

  @Test
  void itReadsLikeAVersion() {
    assertThat(V1_5).hasToString("embeddings_queue 2, metadb 6, sysdb 10");
    assertThat(SchemaFingerprint.UNKNOWN).hasToString("unknown");
  }
}
