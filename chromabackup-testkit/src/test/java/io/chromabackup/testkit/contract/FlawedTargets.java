package io.chromabackup.testkit.contract;

import static io.chromabackup.testkit.contract.TargetRule.*;

import io.chromabackup.Entry;
import io.chromabackup.RestoreTarget;
import io.chromabackup.StagedFiles;
import io.chromabackup.testkit.contract.InMemoryTarget.InMemoryReplacement;
import io.chromabackup.testkit.contract.InMemoryTarget.Place;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;

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
      place.put(files);
    }

    @Override
    public Map<String, String> live() {
      return place.live;
    }

    @Override
    public OptionalInt mode(String path) {
      return place.mode(path);
    }

    @Override
    public Optional<Map<String, String>> replaced() {
      return Optional.ofNullable(place.replaced);
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
    contents();
    ends();
    recoveries();
    adoptions();
    rejections();
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
        TARGET_12,
        TARGET_17,
        TARGET_18,
        TARGET_19);
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
        TARGET_15,
        TARGET_18);
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
        TARGET_12,
        TARGET_17,
        TARGET_18);
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
        TARGET_16,
        TARGET_17,
        TARGET_19);
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
        TARGET_09,
        TARGET_19);
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
                }),
        TARGET_17);
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
        TARGET_09,
        TARGET_17);
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

  private static void contents() {
    flaw(
        "only what is read at once of a file is written",
        TARGET_07,
        place ->
            new InMemoryTarget(place) {
              @Override
              String text(InputStream content) throws IOException {
                byte[] buffer = new byte[8192];
                int length = Math.max(0, content.read(buffer));
                return new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
              }
            },
        TARGET_10,
        TARGET_12,
        TARGET_16);
    flaw(
        "files are copied as text",
        TARGET_07,
        place ->
            new InMemoryTarget(place) {
              @Override
              String text(InputStream content) throws IOException {
                String text = new String(content.readAllBytes(), StandardCharsets.UTF_8);
                return new String(
                    text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
              }
            },
        TARGET_10,
        TARGET_12,
        TARGET_16);
    flaw("every file is for its owner alone", TARGET_17, withMode(entry -> 0600));
    flaw("every file is for everybody", TARGET_17, withMode(entry -> 0666));
    flaw(
        "directories have the modes of this process",
        TARGET_17,
        withMode(entry -> entry.isFile() ? entry.mode() : 0755));
    flaw(
        "rolling back leaves the modes of the new files",
        TARGET_17,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  @Override
                  public void rollBack() throws IOException {
                    Map<String, Integer> modes = new HashMap<>(place.modes);
                    super.rollBack();
                    place.modes.putAll(modes);
                  }
                }));
  }

  private static Function<Place, RestoreTarget> withMode(ToIntFunction<Entry> mode) {
    return place ->
        new InMemoryTarget(place) {
          @Override
          int mode(Entry entry) {
            return mode.applyAsInt(entry);
          }
        };
  }

  private static void adoptions() {
    flaw(
        "what no server has worked on is adopted",
        TARGET_18,
        place ->
            new InMemoryTarget(place) {
              @Override
              public Optional<String> adopt() throws IOException {
                place.workedOn = true;
                return super.adopt();
              }
            });
    flaw(
        "a restore that is at work is adopted",
        TARGET_18,
        place ->
            new InMemoryTarget(place) {
              @Override
              public Optional<String> adopt() throws IOException {
                Object owner = place.owner;
                place.owner = null;
                Optional<String> adopted = super.adopt();
                place.owner = owner;
                return adopted;
              }
            });
    flaw(
        "an adoption is told of where nothing was restored",
        TARGET_18,
        place ->
            new InMemoryTarget(place) {
              @Override
              public Optional<String> adopt() throws IOException {
                Optional<String> adopted = super.adopt();
                return place.replaced == null && place.aside == null
                    ? Optional.of("what is there stays")
                    : adopted;
              }
            });
    flaw(
        "what an adopted restore replaced is deleted",
        TARGET_20,
        place ->
            new InMemoryTarget(place) {
              @Override
              public Optional<String> adopt() throws IOException {
                Optional<String> adopted = super.adopt();
                adopted.ifPresent(told -> place.replaced = Map.of());
                return adopted;
              }
            });
    flaw(
        "an adoption goes back to the new files as they were put there",
        TARGET_20,
        place ->
            new InMemoryTarget(place) {
              @Override
              public Optional<String> adopt() throws IOException {
                Optional<String> adopted = super.adopt();
                if (adopted.isPresent()) {
                  place.live.keySet().removeIf(path -> path.startsWith("dddddddd-"));
                }
                return adopted;
              }
            });
    flaw(
        "an adoption does not last",
        TARGET_20,
        place ->
            new InMemoryTarget(place) {
              @Override
              public Optional<String> adopt() throws IOException {
                Optional<String> adopted = super.adopt();
                if (adopted.isPresent()) {
                  place.aside = place.replaced;
                }
                return adopted;
              }
            });
  }

  private static void rejections() {
    flaw(
        "what was rejected is adopted",
        TARGET_19,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  @Override
                  public void reject() {}
                }));
    flaw(
        "rejecting before a swap fails",
        TARGET_19,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  @Override
                  public void reject() throws IOException {
                    if (place.aside == null) {
                      throw new IOException("there is nothing to reject");
                    }
                    super.reject();
                  }
                }));
    flaw(
        "rejecting rolls back under a server that may run",
        TARGET_19,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  @Override
                  public void reject() throws IOException {
                    rollBack();
                  }
                }));
    flaw(
        "what is rejected before a swap is never swapped",
        TARGET_19,
        replacing(
            good ->
                new InMemoryReplacement(good.place, good.staged) {
                  private boolean rejected;

                  @Override
                  public void reject() throws IOException {
                    rejected = true;
                    super.reject();
                  }

                  @Override
                  public void swap() throws IOException {
                    if (!rejected) {
                      super.swap();
                    }
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
        TARGET_14,
        TARGET_19);
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
        TARGET_14,
        TARGET_19);
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
        TARGET_14,
        TARGET_19);
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
