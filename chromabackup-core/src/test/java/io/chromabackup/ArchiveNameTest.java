package io.chromabackup;

import static io.chromabackup.ArchiveFormat.TAR_GZ;
import static io.chromabackup.ArchiveFormat.TAR_ZST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveNameTest {
  private static final Instant NOW = Instant.parse("2026-11-22T19:39:00Z");

  @Test
  void printsTheTimeInUtcAndTheFormat() {
    assertThat(ArchiveName.of(NOW, TAR_GZ)).hasToString("chromadb_backup_20261122_193900.tar.gz");
    assertThat(ArchiveName.of(NOW, TAR_ZST)).hasToString("chromadb_backup_20261122_193900.tar.zst");
  }

  @Test
  void parsesWhatItPrints() {
    assertThat(ArchiveName.parse("chromadb_backup_20261122_193900.tar.gz"))
        .contains(new ArchiveName(NOW, TAR_GZ));
    assertThat(ArchiveName.parse("chromadb_backup_20261122_193900.tar.zst"))
        .contains(new ArchiveName(NOW, TAR_ZST));
  }

  @Test
  void everySecondOfTheYears0000To9999SurvivesPrintingAndParsing() {
    SplittableRandom random = new SplittableRandom(1);
    long first = Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
    long last = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();

    random.longs(20_000, first, last + 1).forEach(ArchiveNameTest::assertSurvives);
    Stream.of(first, last, -1L, 0L, 1L).forEach(ArchiveNameTest::assertSurvives);
  }

  private static void assertSurvives(long second) {
    for (ArchiveFormat format : ArchiveFormat.values()) {
      ArchiveName name = ArchiveName.of(Instant.ofEpochSecond(second), format);
      assertThat(ArchiveName.parse(name.toString())).contains(name);
    }
  }

  @Test
  void aTextWithATypoIsNoNameOrIsTheNameOfWhatItSays() {
    SplittableRandom random = new SplittableRandom(2);
    String typos = "0123456789 _-+.:/\\\0\n\tgzTtarZc\u0661\uff11\u00e9";
    for (int i = 0; i < 50_000; i++) {
      Instant time = Instant.ofEpochSecond(random.nextLong(4_000_000_000L));
      StringBuilder text = new StringBuilder(ArchiveName.of(time, TAR_GZ).toString());
      int at = random.nextInt(text.length());
      char typo = typos.charAt(random.nextInt(typos.length()));
      switch (random.nextInt(3)) {
        case 0 -> text.setCharAt(at, typo);
        case 1 -> text.insert(at, typo);
        default -> text.deleteCharAt(at);
      }
      ArchiveName.parse(text.toString())
          .ifPresent(name -> assertThat(name).hasToString(text.toString()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "chromadb_backup_20280229_000000.tar.gz",
        "chromadb_backup_20000229_235959.tar.gz",
        "chromadb_backup_00000101_000000.tar.gz",
        "chromadb_backup_99991231_235959.tar.zst",
      })
  void acceptsEveryDayOfTheCalendar(String text) {
    assertThat(ArchiveName.parse(text).map(ArchiveName::toString)).contains(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "chromadb_backup_20260229_000000.tar.gz", // no leap year
        "chromadb_backup_19000229_000000.tar.gz", // neither
        "chromadb_backup_20260230_000000.tar.gz",
        "chromadb_backup_20260431_000000.tar.gz",
        "chromadb_backup_20260001_000000.tar.gz",
        "chromadb_backup_20261301_000000.tar.gz",
        "chromadb_backup_20260100_000000.tar.gz",
        "chromadb_backup_20260132_000000.tar.gz",
        "chromadb_backup_20261122_240000.tar.gz",
        "chromadb_backup_20261122_196000.tar.gz",
        "chromadb_backup_20161231_235960.tar.gz", // a leap second that there was
      })
  void refusesADayOrTimeThatTheCalendarDoesNotHave(String text) {
    assertThat(ArchiveName.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "chromadb_backup_",
        "chromadb_backup_.tar.gz",
        "chromadb_backup_20261122_193900",
        "chromadb_backup_20261122_193900.",
        "chromadb_backup_20261122_193900.tar",
        "chromadb_backup_20261122_193900.tgz",
        "chromadb_backup_20261122_193900.tar.gz ",
        "chromadb_backup_20261122_193900.tar.gz\n",
        "chromadb_backup_20261122_193900.tar.gz.part",
        "chromadb_backup_20261122_193900.tar.gz.tar.gz",
        "chromadb_backup_20261122_193900.TAR.GZ",
        "chromadb_backup_20261122_193900_tar.gz",
        "chromadb_backup_20261122193900.tar.gz",
        "chromadb_backup_20261122-193900.tar.gz",
        "chromadb_backup_20261122T193900Z.tar.gz",
        "chromadb_backup_2026112_2193900.tar.gz",
        "chromadb_backup_+2026112_193900.tar.gz",
        "chromadb_backup_-0011122_193900.tar.gz",
        "chromadb_backup_+120261122_193900.tar.gz",
        "chromadb_backup_020261122_193900.tar.gz",
        "chromadb_backup_20261122_1939001.tar.gz",
        "chromadb_backup_20261122_193900.5.tar.gz",
        "Chromadb_backup_20261122_193900.tar.gz",
        " chromadb_backup_20261122_193900.tar.gz",
        "old_chromadb_backup_20261122_193900.tar.gz",
        "./chromadb_backup_20261122_193900.tar.gz",
        "backups/chromadb_backup_20261122_193900.tar.gz",
        "chromadb_backup_20261122_193900.tar.gz/",
        "chromadb_backup_20261122_193900.tar.gz\0",
        "chromadb_backup_\u0662\u0660\u0662\u06661122_193900.tar.gz", // Arabic-Indic digits
        "chromadb_backup_20261122_19390\uff10.tar.gz", // a full-width zero
      })
  void refusesWhateverElseIsNotExactlyAName(String text) {
    assertThat(ArchiveName.parse(text)).isEmpty();
  }

  @Test
  void roundsATimeDownToTheSecond() {
    assertThat(ArchiveName.of(NOW.plusNanos(999_999_999), TAR_GZ))
        .isEqualTo(new ArchiveName(NOW, TAR_GZ));
    assertThat(ArchiveName.of(Instant.ofEpochSecond(-1, 1), TAR_GZ))
        .hasToString("chromadb_backup_19691231_235959.tar.gz");
    assertThat(ArchiveName.of(Instant.parse("9999-12-31T23:59:59.999Z"), TAR_GZ))
        .hasToString("chromadb_backup_99991231_235959.tar.gz");
  }

  @Test
  void isNeverOfAFractionOfASecond() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ArchiveName(NOW.plusMillis(1), TAR_GZ))
        .withMessage("the time 2026-11-22T19:39:00.001Z is not a whole second");
  }

  @Test
  void isOfAYearOfFourDigits() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ArchiveName.of(Instant.parse("+10000-01-01T00:00:00Z"), TAR_GZ))
        .withMessage("the time +10000-01-01T00:00:00Z is not within the years 0000 to 9999");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ArchiveName.of(Instant.parse("-0001-12-31T23:59:59Z"), TAR_GZ))
        .withMessage("the time -0001-12-31T23:59:59Z is not within the years 0000 to 9999");
  }

  @Test
  void theNextNameIsOneSecondLaterInTheSameFormat() {
    assertThat(ArchiveName.of(Instant.parse("2026-12-31T23:59:59Z"), TAR_ZST).next())
        .hasToString("chromadb_backup_20270101_000000.tar.zst");
  }

  @Test
  void thereIsNoNextNameAfterTheYear9999() {
    ArchiveName last = ArchiveName.of(Instant.parse("9999-12-31T23:59:59Z"), TAR_GZ);

    assertThatIllegalArgumentException().isThrownBy(last::next);
  }

  @Test
  void namesSortByTimeThenFormat() {
    ArchiveName gzip = ArchiveName.of(NOW, TAR_GZ);
    ArchiveName zstandard = ArchiveName.of(NOW, TAR_ZST);

    assertThat(Stream.of(gzip.next(), zstandard, zstandard.next(), gzip).sorted())
        .containsExactly(gzip, zstandard, gzip.next(), zstandard.next());
  }

  @Test
  void namesSortAsTheirTextsDo() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 10_000; i++) {
      ArchiveName one = randomName(random);
      ArchiveName other = randomName(random);
      assertThat(Integer.signum(one.compareTo(other)))
          .isEqualTo(Integer.signum(one.toString().compareTo(other.toString())));
    }
  }

  private static ArchiveName randomName(SplittableRandom random) {
    ArchiveFormat format = random.nextBoolean() ? TAR_GZ : TAR_ZST;
    return ArchiveName.of(NOW.plusSeconds(random.nextLong(-50, 50)), format);
  }
}
