#!/usr/bin/env bash
# Puts the figures that the tests of the last run counted (target/figures) into the pages in docs/
# that show them: what stands between <!--figure NAME--> and <!--/--> is replaced.
set -euo pipefail
cd "$(dirname "$0")/.."

pages=(docs/guarantees.md docs/mutants.md)
for file in */target/figures/* dev/*/target/figures/*; do
  [ -f "$file" ] || continue
  NAME=$(basename "$file") VALUE=$(head -n 1 "$file") perl -0pi -e '
    s/(<!--figure \Q$ENV{NAME}\E-->).*?(<!--\/-->)/$1$ENV{VALUE}$2/gs' "${pages[@]}"
done
echo "$(cat "${pages[@]}" | grep -c -- '<!--figure') lines have figures"
if grep -n -- '--><!--/-->' "${pages[@]}"; then
  echo "these have none: no run recorded them" >&2
fi
