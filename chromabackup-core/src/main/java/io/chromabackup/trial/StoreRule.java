package io.chromabackup.trial;

import io.chromabackup.ArchiveStore;
import io.chromabackup.ChromaBackupException.Locked;
import java.io.IOException;

/**
 * What an archive store must keep, one sentence each, with the code that tries it. Each stands in
 * the Javadoc of the method of {@link ArchiveStore} that it belongs to.
 *
 * <p>Tried all together by {@link ArchiveStores#analyze(StoreAccess)}, and one by one by the test
 * kit.
 */
public enum StoreRule {
  /** About {@link ArchiveStore#describe()}. */
  STORE_01("A store has the same name every time, in every instance.", StoreRulesOfNames::same),
  /** About {@link ArchiveStore#describe()}. */
  STORE_02("Neither its name nor what its errors say tells a secret.", StoreRulesOfNames::noSecret),

  /** About {@link ArchiveStore#write}. */
  STORE_03(
      "What was written is read back to the byte, whatever its length and its pieces.",
      StoreRulesOfWriting::readBack),
  /** About {@link ArchiveStore#write}. */
  STORE_04(
      "What write returns and list shows is the name that was given and the exact length.",
      StoreRulesOfWriting::nameAndLength),
  /** About {@link ArchiveStore#write}. */
  STORE_05("The content is asked for once.", StoreRulesOfWriting::contentOnce),
  /** About {@link ArchiveStore#write}. */
  STORE_06(
      "The check is called once, with the stored bytes from the first to the last.",
      StoreRulesOfWriting::checkOnce),
  /** About {@link ArchiveStore#write}. */
  STORE_07(
      "Before the check has passed, an archive is neither listed nor opened nor deleted.",
      StoreRulesOfWriting::invisible),
  /** About {@link ArchiveStore#write}. */
  STORE_08(
      "What the content throws is passed on unchanged, and nothing of the archive remains.",
      StoreRulesOfWriting::contentThrows),
  /** About {@link ArchiveStore#write}. */
  STORE_09(
      "What the check throws is passed on unchanged, and nothing of the archive remains.",
      StoreRulesOfWriting::checkThrows),
  /** About {@link ArchiveStore#write}. */
  STORE_10(
      "A name that is stored is refused with ArchiveExists, and what is stored stays.",
      StoreRulesOfWriting::noReplacement),
  /** About {@link ArchiveStore#write}. */
  STORE_11(
      "Of two that write one name at once, one stores it and the other gets ArchiveExists.",
      StoreRulesOfWriting::oneWinner),
  /** About {@link ArchiveStore#write}. */
  STORE_12(
      "An interrupted write stores all or nothing, and the thread's flag is set afterwards.",
      StoreRulesOfWriting::interrupted),
  /** About {@link ArchiveStore#write}. */
  STORE_13(
      "Bytes that cannot be written make the write fail, and nothing of the archive remains.",
      StoreRulesOfWriting::failsWhileWriting),
  /** About {@link ArchiveStore#write}. */
  STORE_14(
      "An archive that cannot be finished makes the write fail, and nothing of it remains.",
      StoreRulesOfWriting::failsWhileFinishing),
  /** About {@link ArchiveStore#write}. */
  STORE_15(
      "When write has returned, another instance lists and reads the archive.",
      StoreRulesOfWriting::thereForOthers),
  /** About {@link ArchiveStore#write}. */
  STORE_16(
      "A name whose archive failed or was deleted can be stored again.",
      StoreRulesOfWriting::nameAgain),

  /** About {@link ArchiveStore#open}. */
  STORE_17(
      "An archive that is not there is refused with ArchiveNotFound.",
      StoreRulesOfReading::missing),
  /** About {@link ArchiveStore#open}. */
  STORE_18(
      "Readers of one archive do not disturb each other, also when one is closed, even twice.",
      StoreRulesOfReading::severalReaders),
  /** About {@link ArchiveStore#open}. */
  STORE_19(
      "A reader reads to the end of the archive, whatever another instance does to it.",
      StoreRulesOfReading::readToTheEnd),
  /** About {@link ArchiveStore#open}. */
  STORE_20(
      "An instance sees at once what another has stored or deleted.", StoreRulesOfReading::fresh),

  /** About {@link ArchiveStore#list()}. */
  STORE_21("Every archive is listed, once, and under its own name.", StoreRulesOfListing::complete),
  /** About {@link ArchiveStore#list()}. */
  STORE_22("The oldest is listed first.", StoreRulesOfListing::oldestFirst),
  /** About {@link ArchiveStore#list()}. */
  STORE_23("What is not named like an archive is not listed.", StoreRulesOfListing::nothingForeign),
  /** About {@link ArchiveStore#list()}. */
  STORE_24("What cannot be listed is an error, never an empty list.", StoreRulesOfListing::error),

  /** About {@link ArchiveStore#delete}. */
  STORE_25(
      "Deleting an archive says true, and it is neither listed nor opened any more.",
      StoreRulesOfDeletion::deleted),
  /** About {@link ArchiveStore#delete}. */
  STORE_26("Deleting an archive that is not there says false.", StoreRulesOfDeletion::missing),
  /** About {@link ArchiveStore#delete}. */
  STORE_27(
      "Deleting an archive leaves all others, also that of the same second in another format.",
      StoreRulesOfDeletion::nothingElse),
  /** About {@link ArchiveStore#delete}. */
  STORE_28(
      "An archive that is being read is refused with ArchiveInUse until its last reader has closed.",
      StoreRulesOfDeletion::notWhileRead),

  /** About {@link ArchiveStore#usableSpace()} and {@link ArchiveStore#workspace()}. */
  STORE_29(
      "The space is not negative, and a workspace is absolute and can be made.",
      StoreRulesOfNames::space),
  /** About {@link ArchiveStore#close()}. */
  STORE_30(
      "Closing an instance, even twice, keeps all archives and closes no other.",
      StoreRulesOfReading::closing),

  /** About {@link ArchiveStore#lock}. */
  STORE_31("A store that is taken is refused with Locked.", true, StoreRulesOfLocks::exclusive),
  /** About {@link ArchiveStore#lock}. */
  STORE_32(
      "It is refused to other instances too.", true, StoreRulesOfLocks::exclusiveAcrossInstances),
  /** About {@link ArchiveStore#lock}. */
  STORE_33("Who is refused is told what the lock is for.", true, StoreRulesOfLocks::saysWhatFor),
  /** About {@link ArchiveStore.Lock#close()}. */
  STORE_34("Closing a lock lets others in.", true, StoreRulesOfLocks::released),
  /** About {@link ArchiveStore.Lock#close()}. */
  STORE_35(
      "Closing a lock again does nothing, not even to the lock of another.",
      true,
      StoreRulesOfLocks::closedTwice),
  /** About {@link ArchiveStore#lock}. */
  STORE_36("A lock keeps nobody from listing and reading.", true, StoreRulesOfLocks::readersStay);

  private final String sentence;
  private final boolean aboutLocks;

  @SuppressWarnings("ImmutableEnumChecker") // a reference to a method, without state
  private final StoreTrial.Check check;

  StoreRule(String sentence, StoreTrial.Check check) {
    this(sentence, false, check);
  }

  StoreRule(String sentence, boolean aboutLocks, StoreTrial.Check check) {
    this.sentence = sentence;
    this.aboutLocks = aboutLocks;
    this.check = check;
  }

  /**
   * What this rule is called.
   *
   * @return for example {@code STORE-07}
   */
  public String id() {
    return name().replace('_', '-');
  }

  /**
   * What this rule says.
   *
   * @return one sentence
   */
  public String sentence() {
    return sentence;
  }

  /** The id and the sentence. */
  @Override
  public String toString() {
    return id() + ": " + sentence;
  }

  /**
   * Tries this rule alone, under the store's lock unless it is about that.
   *
   * @param access opens the store
   * @return what became of it
   * @throws Locked if another operation has the store
   * @throws IOException if the store cannot be opened, listed or locked at all, or this thread was
   *     interrupted
   */
  public StoreReport.Finding tryOn(StoreAccess access) throws IOException {
    if (aboutLocks) {
      return StoreTrial.of(this, access).finding();
    }
    try (ArchiveStore store = access.open();
        ArchiveStore.Lock lock = store.lock("analyze")) {
      return StoreTrial.of(this, access).finding();
    }
  }

  boolean isAboutLocks() {
    return aboutLocks;
  }

  StoreTrial.Check check() {
    return check;
  }
}
