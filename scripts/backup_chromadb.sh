#!/usr/bin/env bash
# Backs up ChromaDB, and deletes backups that are older than 30 days.
#
#   ./scripts/backup_chromadb.sh [DIR]
#
# DIR, by default ./backups/chromadb, is where the backups are. From cron:
#
#   0 2 * * * cd /srv/ragbench && ./scripts/backup_chromadb.sh >> backup.log 2>&1
#
# Environment:
#   CHROMADB_CONTAINER  the container; ragbench-chromadb-1 by default
#   CHROMADB_SOURCE     any other SOURCE of chromabackup, such as file:///srv/chroma
#   RETENTION_DAYS      30 by default
#   CHROMABACKUP        the program, if it is not the one built here
#
# The exit code is that of chromabackup: 0 is a backup that was read back and found right.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
if [ ! -f "$here/chromabackup.sh" ]; then
  echo "$0 needs chromabackup.sh beside it: copy both, and set CHROMABACKUP to the program; or link to it where it is" >&2
  exit 2
fi
# shellcheck source=scripts/chromabackup.sh
. "$here/chromabackup.sh"

if [ $# -gt 1 ] || [[ "${1:-}" == -* ]]; then
  echo "Usage: $0 [DIR]" >&2
  exit 2
fi

program=$(chromabackup_program)
exec "$program" backup "$(chromadb_source)" \
  --store "$(as_path "${1:-./backups/chromadb}")" \
  --keep-days "${RETENTION_DAYS:-30}"
