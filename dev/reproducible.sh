#!/usr/bin/env bash
# Builds all that is published twice, from clean copies of what is committed, in two places, and compares the jars byte by byte.
set -euo pipefail
cd "$(dirname "$0")/.."

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

build() {
  git clone -q . "$place/$1"
  (cd "$place/$1" && ./mvnw -q -B -ntp package -DskipTests -pl "$published" -am)
  (cd "$place/$1" && find chromabackup-*/target -maxdepth 1 \( -name '*.jar' -o -name 'sbom.*' \) -print0 |
    sort -z | xargs -0 sha256sum) >"$place/$1.sums"
}

published=chromabackup-core,chromabackup-localfs,chromabackup-docker,chromabackup-testkit
build one
build "another place"
diff "$place/one.sums" "$place/another place.sums"
echo "$(wc -l <"$place/one.sums") files of two builds are the same"
