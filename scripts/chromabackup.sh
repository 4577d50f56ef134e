# shellcheck shell=bash
# What backup_chromadb.sh and restore_chromadb.sh share; not a program.

repository=$(CDPATH='' cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)

# cron and systemd may leave it unset; the build needs it
if [ -z "${HOME:-}" ]; then
  HOME=$(getent passwd "$(id -u)" 2>/dev/null | cut -d: -f6 || true)
  export HOME=${HOME:-/}
fi

# The program; built first if it is not there.
chromabackup_program() {
  local program=${CHROMABACKUP:-}
  if [ -n "$program" ]; then
    command -v "$program" || {
      echo "CHROMABACKUP is $program, which is no program" >&2
      return 1
    }
    return
  fi
  if [ ! -f "$repository/examples/ops-cli/pom.xml" ]; then # copied away from its sources
    command -v chromabackup || {
      echo "there is no chromabackup here: set CHROMABACKUP to the program, or link to this script instead of copying it" >&2
      return 1
    }
    return
  fi
  program=$repository/build/chromabackup
  if [ ! -e "$program" ]; then
    echo "chromabackup is not built yet; building it in $repository" >&2
    chromabackup_build "$program" >&2 </dev/null || {
      echo "chromabackup could not be built; see above. Nothing was done" >&2
      return 1
    }
  fi
  echo "$program/bin/chromabackup"
}

# Builds the program. It is there whole or not at all, and not in Maven's target, out of which
# the next build would pull it while it runs. Two builds in one tree would spoil each other.
chromabackup_build() (
  mkdir -p "$repository/build" || exit
  exec 9>"$repository/build/.lock" || exit
  if command -v flock >/dev/null; then
    flock 9 || exit
  fi
  if [ -e "$1" ]; then # another was faster
    exit 0
  fi
  cd "$repository" || exit
  ./mvnw -q -B package -pl examples/ops-cli -am -DskipTests || exit
  local new=$1.$$ status=0
  rm -rf "$new" && mkdir "$new" \
    && tar xzf examples/ops-cli/target/chromabackup.tar.gz -C "$new" \
    && { [ -e "$1" ] || mv "$new" "$1"; } || status=$?
  rm -rf "$new"
  exit $status
)

# What is backed up, as chromabackup names it.
chromadb_source() {
  echo "${CHROMADB_SOURCE:-docker:${CHROMADB_CONTAINER:-ragbench-chromadb-1}}"
}

# A name that can only be a path. Relative ones begin where the caller is, as they always did.
as_path() {
  case $1 in
    */*) echo "$1" ;;
    *) echo "./$1" ;;
  esac
}

# Whether a source is a directory, so that no containers belong to it.
is_directory() {
  case $1 in
    docker:* | compose:*) return 1 ;;
    file:* | */*) return 0 ;;
    *) [ -d "$1" ] ;;
  esac
}
