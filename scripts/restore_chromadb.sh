#!/usr/bin/env bash
# Restores ChromaDB from a backup, in place of what is there. If that fails the old data is back.
#
#   ./scripts/restore_chromadb.sh FILE
#
# FILE is a file, or an archive of BACKUP_DIR by its name. Asks, and wants to read "yes";
# ASSUME_YES=1 does not ask. Chroma's container and what uses it are stopped meanwhile and started
# again; a server on a directory is not: stop it yourself, or use chromabackup and name its service.
#
# Environment:
#   CHROMADB_CONTAINER  the container; ragbench-chromadb-1 by default
#   CHROMADB_SOURCE     any other SOURCE of chromabackup, such as file:///srv/chroma
#   DEPENDENTS          what uses Chroma; "rag-server celery-worker", as far as they exist, by
#                       default. If it is set they must exist; DEPENDENTS= is none
#   HEALTH_URL          where rag-server must answer; http://localhost:8001/health by default,
#                       HEALTH_URL= is nowhere
#   ASSUME_YES          1: do not ask
#   BACKUP_DIR          where the archives are; they are listed if FILE is missing;
#                       ./backups/chromadb by default
#   CHROMABACKUP        the program, if it is not the one built here
#
# The exit code is that of chromabackup: 0 is a restore that was done and checked, 4 one that was
# declined, 8 one that failed with the old data back, 9 one that needs you.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
if [ ! -f "$here/chromabackup.sh" ]; then
  echo "$0 needs chromabackup.sh beside it: copy both, and set CHROMABACKUP to the program; or link to it where it is" >&2
  exit 2
fi
# shellcheck source=scripts/chromabackup.sh
. "$here/chromabackup.sh"

backups=$(as_path "${BACKUP_DIR:-./backups/chromadb}")

if [ $# -ne 1 ] || [[ "$1" == -* ]]; then
  {
    echo "Usage: $0 FILE"
    echo "Backups in $backups:"
  } >&2
  if program=$(chromabackup_program); then
    "$program" list --store "$backups" >&2 || true
  fi
  exit 1
fi

program=$(chromabackup_program)
archive=$1
if [ -e "$archive" ]; then
  archive=$(as_path "$archive")
fi
arguments=(restore "$archive" "$(chromadb_source)" --store "$backups")

if [ "${ASSUME_YES:-}" = 1 ]; then
  arguments+=(--yes)
fi

# what is said explicitly must exist
option=--dependent
dependents=${DEPENDENTS-}
if [ -z "${DEPENDENTS+set}" ]; then
  option=--dependent-if-any
  dependents="rag-server celery-worker"
  if is_directory "$(chromadb_source)"; then
    dependents=
  fi
fi
health=${HEALTH_URL-http://localhost:8001/health}

for dependent in $dependents; do
  if [ "$dependent" = rag-server ] && [ -n "$health" ]; then
    arguments+=("$option" "$dependent=$health")
  else
    arguments+=("$option" "$dependent")
  fi
done

exec "$program" "${arguments[@]}"
