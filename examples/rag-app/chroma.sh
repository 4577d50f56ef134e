#!/usr/bin/env bash
# Starts or stops the real Chroma of dev/real-chroma as a service would be:
#
#   chroma.sh start|stop DATA_DIR PORT
#
# Its process number is in DATA_DIR.pid, what it prints in DATA_DIR.log.
set -euo pipefail

SERVE=$(cd "$(dirname "$0")/../../dev/real-chroma" && pwd)/serve.sh
START_SECONDS=60
TERM_SECONDS=2
KILL_SECONDS=30

(($# == 3)) || { echo "usage: chroma.sh start|stop DATA_DIR PORT" >&2; exit 2; }
DATA=$2
PORT=$3
PID_FILE=$DATA.pid

is_up() {
  (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null
}

start() {
  # a session of its own: neither Ctrl-C nor the end of whoever starts it ends the server
  setsid "$SERVE" new "$DATA" "$PORT" </dev/null >>"$DATA.log" 2>&1 &
  echo $! >"$PID_FILE.new"
  mv "$PID_FILE.new" "$PID_FILE"
  for ((i = 0; i < START_SECONDS * 10; i++)); do
    is_up && return
    kill -0 "$(cat "$PID_FILE")" 2>/dev/null || break
    sleep 0.1
  done
  echo "Chroma did not start; $DATA.log ends with:" >&2
  tail -n 5 "$DATA.log" >&2
  return 1
}

# PID SECONDS: waits for its end; what nobody has asked how it ended (Z) has ended, too
ends_within() {
  local i
  for ((i = 0; i < $2 * 10; i++)); do
    kill -0 "$1" 2>/dev/null || return 0
    ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null || return 0
    sleep 0.1
  done
  return 1
}

stop() {
  local pid
  pid=$(cat "$PID_FILE")
  rm "$PID_FILE" # the number may soon be another's
  kill "$pid" 2>/dev/null || return 0
  ends_within "$pid" $TERM_SECONDS && return
  kill -9 "$pid" 2>/dev/null || return 0 # SIGTERM may not stop it; an idle server loses nothing
  ends_within "$pid" $KILL_SECONDS && return
  echo "Chroma (process $pid) did not end in $KILL_SECONDS seconds, and may still write to $DATA" >&2
  return 1
}

case $1 in
  start) start ;;
  stop) stop ;;
  *) echo "chroma.sh: neither start nor stop: $1" >&2; exit 2 ;;
esac
