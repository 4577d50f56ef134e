package io.chromabackup.examples.benchmarks;

import io.chromabackup.ArchiveFormat;
import java.util.List;
import java.util.Optional;

/**
 * A way to back up and restore, as the shell commands of its three operations.
 *
 * <p>The commands find in their environment what they work on: {@code DATA} is the data directory,
 * {@code STORE} an empty directory for what is made, {@code TARGET} a directory that is not there
 * yet, {@code STATE} a directory for caches and the like, {@code CHROMABACKUP} the command line of
 * this project, {@code EMBEDDED} what starts {@link Embedded}, and {@code CONTAINER} a container
 * that serves the data from {@code /data}. What was written is on the disk at the end of each: see
 * {@link Timed}.
 *
 * @param prepare what is done once before the backup, untimed
 * @param tool the program that must be there, by which it is left out
 */
record Competitor(
    String name, String tool, String prepare, String backup, String verify, String restore) {

  /** Those that need a container. */
  static final String IN_DOCKER = "docker";

  static final String GZIP = "tar+gzip -6";
  static final String PIGZ = "tar+pigz -p2";
  static final String ZSTD = "tar+zstd -1";
  static final String RESTIC = "restic";
  static final String BORG = "borg";
  static final String SCRIPT = "script in container";
  static final String TAR_GZ = "chromabackup .tar.gz";
  static final String TAR_ZST = "chromabackup .tar.zst";
  static final String EMBEDDED_TAR_GZ = "chromabackup embedded .tar.gz";
  static final String EMBEDDED_TAR_ZST = "chromabackup embedded .tar.zst";
  static final String DOCKER_TAR_GZ = "chromabackup docker .tar.gz";
  static final String DOCKER_TAR_ZST = "chromabackup docker .tar.zst";

  /** In the order in which they are measured. */
  static List<Competitor> all() {
    return List.of(
        tar(GZIP, "gzip", "gzip -6", "gzip -t", "gzip -d"),
        chromabackup(TAR_GZ, ""),
        embedded(EMBEDDED_TAR_GZ, ArchiveFormat.TAR_GZ),
        tar(PIGZ, "pigz", "pigz -6 -p2", "pigz -t", "pigz -d"),
        chromabackup(TAR_ZST, "--zstd"),
        embedded(EMBEDDED_TAR_ZST, ArchiveFormat.TAR_ZST),
        tar(ZSTD, "zstd", "zstd -q -1", "zstd -q -t", "zstd -q -d"),
        restic(),
        borg(),
        script(),
        chromabackupOnDocker(DOCKER_TAR_GZ, ""),
        chromabackupOnDocker(DOCKER_TAR_ZST, "--zstd"));
  }

  boolean isOurs() {
    return name.startsWith("chromabackup");
  }

  /** Whether others do its work, whose memory and CPU are not seen. */
  static boolean worksElsewhere(String name) {
    return List.of(SCRIPT, EMBEDDED_TAR_GZ, EMBEDDED_TAR_ZST).contains(name);
  }

  boolean inDocker() {
    return tool.equals(IN_DOCKER);
  }

  private static Competitor tar(String name, String tool, String pack, String test, String unpack) {
    return new Competitor(
        name,
        tool,
        "true",
        "tar -C $DATA -cf - . | " + pack + " > $STORE/archive",
        test + " < $STORE/archive",
        "mkdir $TARGET; " + unpack + " < $STORE/archive | tar -C $TARGET -xf -");
  }

  private static Competitor chromabackup(String name, String format) {
    return new Competitor(
        name,
        "java",
        "true",
        "$CHROMABACKUP backup $DATA --json --no-progress --store $STORE " + format,
        "$CHROMABACKUP verify --no-progress --store $STORE",
        "$CHROMABACKUP restore $STORE/chromadb_backup_* $TARGET --no-progress --store $STORE");
  }

  /** Its process is started, and warmed up, beforehand. */
  private static Competitor embedded(String name, ArchiveFormat format) {
    String answered =
        " > $STATE/ask; read -r answer < $STATE/answer; echo \"$answer\"; [[ $answer != failed* ]]";
    return new Competitor(
        name,
        "java",
        "mkfifo $STATE/ask $STATE/answer;"
            + " { $EMBEDDED $STATE %s || timeout 60 bash -c 'echo failed > $STATE/answer'; }"
                .formatted(format)
            + " > $STATE/log 2>&1 < /dev/null &"
            + " read -r answer < $STATE/answer; [[ $answer == ready ]]",
        "echo backup" + answered,
        "echo verify" + answered,
        "echo restore" + answered);
  }

  /** A repository is made beforehand, and its cache is its own. */
  private static Competitor restic() {
    String restic = "RESTIC_PASSWORD=- RESTIC_CACHE_DIR=$STATE restic -q -r $STORE ";
    return new Competitor(
        RESTIC,
        "restic",
        restic + "init",
        "cd $DATA; " + restic + "backup .",
        restic + "check --read-data",
        restic + "restore latest --target $TARGET");
  }

  /** Not encrypted, which is the quicker way. */
  private static Competitor borg() {
    String borg = "BORG_BASE_DIR=$STATE BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes borg ";
    return new Competitor(
        BORG,
        "borg",
        borg + "init -e none $STORE",
        "cd $DATA; " + borg + "create $STORE::archive .",
        borg + "check --verify-data $STORE",
        "mkdir $TARGET; cd $TARGET; " + borg + "extract $STORE::archive");
  }

  /** The commands of the scripts that this project replaces; they know no verification. */
  private static Competitor script() {
    return new Competitor(
        SCRIPT,
        IN_DOCKER,
        "true",
        "docker exec $CONTAINER tar -czf /tmp/archive -C / data;"
            + " docker cp -q $CONTAINER:/tmp/archive $STORE/archive;"
            + " docker exec $CONTAINER rm /tmp/archive",
        "gzip -t < $STORE/archive",
        "docker cp -q $STORE/archive $CONTAINER:/tmp/archive;"
            + " docker exec $CONTAINER sh -c 'rm -rf /data/*; tar -xzf /tmp/archive -C /;"
            + " rm /tmp/archive; sync'");
  }

  /** Its restore stops Chroma, starts it again, and asks it for every collection. */
  private static Competitor chromabackupOnDocker(String name, String format) {
    String options = " --no-progress --store $STORE ";
    return new Competitor(
        name,
        IN_DOCKER,
        "true",
        "$CHROMABACKUP backup docker:$CONTAINER --json" + options + format,
        "$CHROMABACKUP verify" + options,
        "$CHROMABACKUP restore $STORE/chromadb_backup_* docker:$CONTAINER --yes"
            + options
            + "; docker exec $CONTAINER sync");
  }

  /** What keeps it from being measured here, if anything does. */
  Optional<String> missing() {
    return Shell.succeeds("command -v " + tool)
        ? Optional.empty()
        : Optional.of("there is no " + tool + " in the PATH");
  }
}
