package io.chromabackup.testkit.contract;

import static io.chromabackup.testkit.contract.TargetRule.*;

import io.chromabackup.RestoreTarget;
import io.chromabackup.StagedFiles;
import io.chromabackup.testkit.contract.InMemoryTarget.InMemoryReplacement;
import io.chromabackup.testkit.contract.InMemoryTarget.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Targets that do one thing wrong each. */
final class FlawedTargets {
  private static final List<Mutant<TargetRule, TargetAccess>> ALL = new ArrayList<>();

  private FlawedTargets() {}

  static List<Mutant<TargetRule, TargetAccess>> all() {
    return List.copyOf(ALL);
  }

  /** Targets on one place in memory. */
  record Access(Place place, Function<Place, RestoreTarget> target) implements TargetAccess {
    @Override
    public RestoreTarget open() {
      return target.apply(place);
    }

    @Override
    public void put(Map<String, String> files) {
      place.live.putAll(files);
    }

    @Override
    public Map<String, String> live() {
      return place.live;
    }
  }

  private static void flaw(
      String what, TargetRule rule, Function<Place, RestoreTarget> target, TargetRule... also) {
    ALL.add(new Mutant<>(what, rule, Set.of(also), () -> new Access(new Place(), target)));
  }

  /** Replaces in a way of its own. */
  private interface Staging {
    InMemoryReplacement of(InMemoryReplacement good) throws IOException;
  }

  private static Function<Place, RestoreTarget> replacing(Staging staging) {
    return place ->
        new InMemoryTarget(place) {
          @Override
          public Replacement stage(StagedFiles files) throws IOException {
            return staging.of((InMemoryReplacement) super.stage(files));
          }
        };
  }

  static {
    looks();
    staging();
    swaps();
    ends();
    recoveries();
  }

  private static void looks() {
    flaw(
        "every instance has a name of its own",
        TARGET_01,
        place ->
            new InMemoryTarget(place) {
              @Override
              public String describe() {
                return super.toString();
              }
            });
    flaw(
        "a place is never empty",
        TARGET_02,
        place ->
            new InMemoryTarget(place) {
              @Override
              public boolean isEmpty() {
                return false;
              }
            },
        TARGET_16);
    flaw(
        "a place is always empty",
        TARGET_02,
        place ->
            new InMemoryTarget(place) {
              @Override
              public boolean isEmpty() {
                return true;
              }
            });
    flaw(
        "a workspace that is not there",
        TARGET_03,
        place ->
            new InMemoryTarget(place) {
              @Override
              public Optional<Path> workspace() {
                return Optional.of(Path.of("missing").toAbsolutePath());
              }
            });
  }

  private static void staging() {
    flaw(
        "files that are staged are live",
        TARGET_04,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  {
                    place.aside = new HashMap<>(place.live);
                    place.live.putAll(staged);
                  }

                  @Override
                  public void swap() {
                    place.live.clear();
                    place.live.putAll(staged);
                  }

                  @Override
                  public void close() {
                    if (place
                            .live
                            .keySet()
                            .containsAll(place.aside == null ? Set.of() : place.aside.keySet())
                        && place.aside != null) {
                      InMemoryTarget.restore(place);
                    }
                    super.close();
                  }
                }),
        TARGET_09,
        TARGET_12);
    flaw(
        "files that cannot be read are passed over",
        TARGET_05,
        place ->
            new InMemoryTarget(place) {
              @Override
              public Replacement stage(StagedFiles files) throws IOException {
                if (Files.exists(files.directory())) {
                  return super.stage(files);
                }
                return new InMemoryReplacement(place, Map.of());
              }
            });
    flaw(
        "a stage that failed keeps its turn",
        TARGET_05,
        place ->
            new InMemoryTarget(place) {
              @Override
              public Replacement stage(StagedFiles files) throws IOException {
                requireNobody();
                place.owner = this;
                StagedFiles read = files;
                read.transferTo((entry, content) -> {});
                place.owner = null;
                return super.stage(files);
              }
            });
    flaw(
        "a stage that failed has cleared the place",
        TARGET_05,
        place ->
            new InMemoryTarget(place) {
              @Override
              public Replacement stage(StagedFiles files) throws IOException {
                try {
                  return super.stage(files);
                } catch (java.nio.file.NoSuchFileException e) {
                  place.live.clear();
                  throw e;
                }
              }
            });
    flaw(
        "two restores at a time",
        TARGET_06,
        place ->
            new InMemoryTarget(place) {
              @Override
              void requireNobody() {}
            },
        TARGET_12,
        TARGET_15);
    flaw(
        "the second restore is refused with the exception of another library",
        TARGET_06,
        place ->
            new InMemoryTarget(place) {
              @Override
              public Replacement stage(StagedFiles files) throws IOException {
                if (place.owner != null) {
                  throw new java.nio.file.FileAlreadyExistsException("lock");
                }
                return super.stage(files);
              }
            },
        TARGET_12);
  }

  private static void swaps() {
    flaw(
        "old files that have no new one stay",
        TARGET_07,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  @Override
                  public void swap() {
                    place.aside = new HashMap<>(place.live);
                    place.live.putAll(staged);
                  }
                }),
        TARGET_10,
        TARGET_12);
    flaw(
        "the old journal meets the new database",
        TARGET_07,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  @Override
                  public void swap() throws IOException {
                    String journal = place.live.get("chroma.sqlite3-journal");
                    super.swap();
                    if (journal != null) {
                      place.live.put("chroma.sqlite3-journal", journal);
                    }
                  }
                }),
        TARGET_10,
        TARGET_12);
    flaw(
        "empty files are left out",
        TARGET_07,
        replacing(
            good -> {
              good.staged.values().removeIf(String::isEmpty);
              return good;
            }),
        TARGET_10,
        TARGET_12,
        TARGET_16);
    flaw(
        "of a directory that was there before only the files that were there are replaced",
        TARGET_07,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  @Override
                  public void swap() throws IOException {
                    if (!place.live.isEmpty()) {
                      staged.keySet().removeIf(path -> path.endsWith("length.bin"));
                    }
                    super.swap();
                  }
                }),
        TARGET_10,
        TARGET_12);
    flaw(
        "rolling back leaves the new files beside the old",
        TARGET_08,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  @Override
                  public void rollBack() {
                    if (place.aside != null) {
                      place.live.putAll(place.aside);
                      place.aside = null;
                    }
                  }
                }),
        TARGET_09,
        TARGET_16);
    flaw(
        "rolling back loses a file",
        TARGET_08,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  @Override
                  public void rollBack() throws IOException {
                    boolean swapped = place.aside != null;
                    super.rollBack();
                    if (swapped) {
                      place.live.remove("chroma.sqlite3-journal");
                    }
                  }
                }),
        TARGET_09);
    flaw(
        "rolling back leaves what a server made since",
        TARGET_08,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  @Override
                  public void rollBack() {
                    if (place.aside != null) {
                      place.live.keySet().removeAll(staged.keySet());
                      place.live.putAll(place.aside);
                      place.aside = null;
                    }
                  }
                }));
    flaw(
        "rolling back is left to recovery",
        TARGET_08,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  @Override
                  public void rollBack() {
                    if (place.aside != null) {
                      place.live.clear();
                      place.live.putAll(place.aside);
                    }
                  }
                }),
        TARGET_09);
    flaw(
        "rolling back what was not swapped clears the place",
        TARGET_09,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  @Override
                  public void rollBack() throws IOException {
                    if (place.aside == null && place.live.containsKey("chroma.sqlite3-journal")) {
                      place.live.clear();
                    }
                    super.rollBack();
                  }
                }));
    flaw(
        "rolling back twice fails",
        TARGET_09,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  private boolean done;

                  @Override
                  public void rollBack() throws IOException {
                    if (done) {
                      throw new IOException("there is nothing to roll back");
                    }
                    done = true;
                    super.rollBack();
                  }
                }));
  }

  private static void ends() {
    flaw(
        "a commit deletes the new files with the old",
        TARGET_10,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  @Override
                  public void commit() throws IOException {
                    place.live.keySet().removeAll(place.aside.keySet());
                    super.commit();
                  }
                }));
    flaw(
        "a commit does not last",
        TARGET_10,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  @Override
                  public void commit() {}
                }));
    flaw(
        "closing rolls back what was committed",
        TARGET_10,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  private Map<String, String> before;

                  @Override
                  public void commit() throws IOException {
                    before = place.aside;
                    super.commit();
                  }

                  @Override
                  public void close() {
                    if (before != null && place.live.equals(staged)) {
                      place.live.clear();
                      place.live.putAll(before);
                    }
                    super.close();
                  }
                }),
        TARGET_16);
    flaw(
        "closing swaps what was not swapped",
        TARGET_11,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  private boolean touched;

                  @Override
                  public void swap() throws IOException {
                    touched = true;
                    super.swap();
                  }

                  @Override
                  public void rollBack() throws IOException {
                    touched = true;
                    super.rollBack();
                  }

                  @Override
                  public void close() {
                    if (!touched && place.owner == this) {
                      place.live.clear();
                      place.live.putAll(staged);
                    }
                    super.close();
                  }
                }));
    flaw(
        "closing what was not swapped leaves something to recover",
        TARGET_11,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  private boolean touched;

                  @Override
                  public void swap() throws IOException {
                    touched = true;
                    super.swap();
                  }

                  @Override
                  public void close() {
                    if (!touched && place.owner == this && place.aside == null) {
                      place.aside = new HashMap<>(place.live);
                    }
                    super.close();
                  }
                }),
        TARGET_05,
        TARGET_09,
        TARGET_12,
        TARGET_13);
    flaw(
        "closing does not give the turn back",
        TARGET_12,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  private boolean touched;

                  @Override
                  public void swap() throws IOException {
                    touched = true;
                    super.swap();
                  }

                  @Override
                  public void rollBack() throws IOException {
                    touched = true;
                    super.rollBack();
                  }

                  @Override
                  public void close() {
                    if (touched) {
                      super.close();
                    }
                  }
                }));
    flaw(
        "closing again ends the turn of another",
        TARGET_12,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  @Override
                  public void close() {
                    place.owner = null;
                  }
                }));
  }

  private static void recoveries() {
    flaw(
        "what is unfinished is not told",
        TARGET_13,
        place ->
            new InMemoryTarget(place) {
              @Override
              public boolean needsRecovery() throws IOException {
                super.needsRecovery();
                return false;
              }
            });
    flaw(
        "closing after a swap makes it final",
        TARGET_13,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  @Override
                  public void close() {
                    place.aside = null;
                    super.close();
                  }
                }),
        TARGET_14);
    flaw(
        "recovery goes on to the new files",
        TARGET_13,
        place ->
            new InMemoryTarget(place) {
              @Override
              public Optional<String> recover() throws IOException {
                Map<String, String> live = new HashMap<>(place.live);
                Optional<String> recovered = super.recover();
                if (recovered.isPresent()) {
                  place.live.clear();
                  place.live.putAll(live);
                }
                return recovered;
              }
            },
        TARGET_14);
    flaw(
        "recovery loses the old files",
        TARGET_13,
        place ->
            new InMemoryTarget(place) {
              @Override
              public Optional<String> recover() throws IOException {
                Optional<String> recovered = super.recover();
                if (recovered.isPresent()) {
                  place.live.clear();
                }
                return recovered;
              }
            },
        TARGET_14);
    flaw(
        "recovery does not say that it did something",
        TARGET_13,
        place ->
            new InMemoryTarget(place) {
              @Override
              public Optional<String> recover() throws IOException {
                super.recover();
                return Optional.empty();
              }
            });
    flaw(
        "recovery is never through",
        TARGET_14,
        place ->
            new InMemoryTarget(place) {
              private static boolean again;

              @Override
              public Optional<String> recover() throws IOException {
                Optional<String> recovered = super.recover();
                if (recovered.isEmpty() && again) {
                  again = false;
                  return Optional.of("the old files are back, once more");
                }
                again = recovered.isPresent();
                return recovered;
              }
            });
    flaw(
        "recovery where nothing is unfinished clears the place",
        TARGET_14,
        place ->
            new InMemoryTarget(place) {
              @Override
              public Optional<String> recover() throws IOException {
                if (place.aside == null && place.live.containsKey("chroma.sqlite3-journal")) {
                  place.live.clear();
                }
                return super.recover();
              }
            });
    flaw(
        "what is still at work is told to be broken off",
        TARGET_15,
        place ->
            new InMemoryTarget(place) {
              @Override
              public boolean needsRecovery() {
                return place.aside != null;
              }
            });
    flaw(
        "rolling back an empty place leaves the new files",
        TARGET_16,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  @Override
                  public void rollBack() throws IOException {
                    if (place.aside != null && place.aside.isEmpty()) {
                      return;
                    }
                    super.rollBack();
                  }
                }));
    flaw(
        "nothing is swapped into an empty place",
        TARGET_16,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  @Override
                  public void swap() throws IOException {
                    if (!place.live.isEmpty()) {
                      super.swap();
                    }
                  }
                }));
  }
}
