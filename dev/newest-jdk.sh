#!/usr/bin/env bash
# Runs the unit tests of the library on the newest JDK of this machine; what they run was compiled for 17 by the
# JDK that runs Maven. Those that take longest are left out: what they try does not depend on the JDK.
set -euo pipefail
cd "$(dirname "$0")/.."

newest=$(
  for java in "${JAVA_HOME:-/none}"/bin/java /usr/lib/jvm/*/bin/java; do
    [ -x "$java" ] || continue
    echo "$("$java" -XshowSettings:properties -version 2>&1 |
      sed -n 's/.*java\.specification\.version = //p') $java"
  done | sort -n | tail -n 1
)
[ -n "$newest" ] || { echo "no JDK is found in /usr/lib/jvm" >&2; exit 1; }
echo "tests run on Java ${newest%% *}"
./mvnw test -pl chromabackup-core,chromabackup-testkit,chromabackup-localfs \
  -Djvm="${newest#* }" -Djacoco.skip -DexcludedGroups=slow "$@"
