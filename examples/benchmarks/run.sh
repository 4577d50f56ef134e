#!/usr/bin/env bash
# Measures whole operations of chromabackup against what one would use instead, on data of a real
# Chroma server, and writes the figures down. See docs/benchmarks.md.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage() {
  cat <<'USAGE'
usage: examples/benchmarks/run.sh [OPTION...]
  --sizes LIST        of 100m, 1g, 5g; made first where they are missing (default: 100m,1g)
  --runs N            how often each is measured (default: 5)
  --kinds LIST        of macro, growth, jmh (default: all three)
  --competitors LIST  parts of their names, such as chromabackup,gzip,borg (default: all)
  --work DIR          on the disk to measure, with room for three times the data (default: beside the data)
  --publish           put the figures into docs/benchmarks and docs/benchmarks.md
USAGE
}

fail() {
  echo "run.sh: $*" >&2
  exit 1
}

sizes=100m,1g runs=5 kinds=macro,growth,jmh competitors=all publish=false
cache=${CHROMABACKUP_BENCHMARKS:-${XDG_CACHE_HOME:-$HOME/.cache}/chromabackup/benchmarks}
work=$cache/work
while (($#)); do
  case $1 in
    --sizes) sizes=$2 && shift ;;
    --runs) runs=$2 && shift ;;
    --kinds) kinds=$2 && shift ;;
    --competitors) competitors=$2 && shift ;;
    --work) work=$2 && shift ;;
    --publish) publish=true ;;
    -h | --help) usage && exit ;;
    *) usage >&2 && fail "unknown option $1" ;;
  esac
  shift
done

does() {
  [[ ,$kinds, == *,$1,* ]]
}

# What is still missing afterwards is left out by the benchmark, which says so.
install_competitors() {
  local missing=()
  command -v restic >/dev/null || missing+=(restic)
  command -v borg >/dev/null || missing+=(borgbackup)
  command -v pigz >/dev/null || missing+=(pigz)
  command -v zstd >/dev/null || missing+=(zstd)
  [[ -x /usr/bin/time ]] || missing+=(time)
  ((${#missing[@]})) || return 0
  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    apt-get install -y -q "${missing[@]}" >/dev/null || echo "run.sh: not installed: ${missing[*]}" >&2
  else
    echo "run.sh: not root on Debian or Ubuntu, so not installed: ${missing[*]}" >&2
  fi
  [[ -x /usr/bin/time ]] || fail "GNU time is needed: install the package 'time'"
}

module=examples/benchmarks
results=$module/target/results
package=io.chromabackup.examples.benchmarks

install_competitors
[[ -f ${CHROMABACKUP_CHROMA_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/chromabackup/chroma}/new/.installed ]] ||
  fail "no real Chroma server: run dev/real-chroma/install.sh"
./mvnw -q -pl $module -am package \
  -Dmaven.test.skip=true -Dmaven.javadoc.skip=true -Dmaven.source.skip=true -Dcyclonedx.skip=true \
  org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath \
  -Dmdep.outputFile=target/classpath -Dmdep.includeScope=runtime
classpath=$module/target/classes:$(<$module/target/classpath)
chromabackup=$PWD/examples/ops-cli/target/chromabackup/bin/chromabackup

# Where a paused service is noted: not among the user's own notes.
export XDG_STATE_HOME=$work/state

measure() {
  java -Xmx64m -XX:+UseSerialGC -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
    -Dbenchmarks.chromabackup="$chromabackup" -cp "$classpath" \
    "$package.$1" "$sizes" "$runs" "$competitors" "$results" "$work"
}

# JMH's own code is generated from the classes, and compiled beside them.
micro() {
  local generated=$module/target/jmh
  rm -rf "$generated"
  mkdir -p "$generated/sources" "$generated/classes"
  java -cp "$classpath" org.openjdk.jmh.generators.bytecode.JmhBytecodeGenerator \
    $module/target/classes "$generated/sources" "$generated/classes" reflection
  find "$generated/sources" -name '*.java' -exec \
    javac -nowarn -proc:none -cp "$classpath" -d "$generated/classes" {} +
  java -cp "$generated/classes:$classpath" org.openjdk.jmh.Main \
    -rf csv -rff "$results/jmh.csv" | tee "$results/jmh.txt"
}

rm -rf "$results"
mkdir -p "$results"
java -cp "$classpath" "$package.Machine" "$results/machine.md"
IFS=, read -ra labels <<<"$sizes"
java -Xmx512m -cp "$classpath" "$package.DataSet" "${labels[@]}"
does macro && measure Macro
does growth && measure Growth
does jmh && micro
if $publish; then
  mkdir -p docs/benchmarks
  cp "$results"/*.csv "$results/machine.md" docs/benchmarks/
  java -cp "$classpath" "$package.Report" docs/benchmarks docs/benchmarks.md
else
  java -cp "$classpath" "$package.Report" "$results" "$results/benchmarks.md"
  echo "the figures are in $results"
fi
