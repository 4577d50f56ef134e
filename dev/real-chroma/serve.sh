#!/usr/bin/env bash
# Runs a real Chroma server in the foreground: serve.sh old|new DATA_DIR PORT
#
# Every step is an exec, so the pid of this script becomes the pid of the server itself and a
# signal sent to it (SIGKILL, SIGSTOP) hits the server. SIGTERM may not stop it, SIGKILL does.
# The `new` server needs root: it runs in a root file system of its own, in which DATA_DIR is the
# same directory under the same absolute path. Its mounts live in a private mount namespace, which
# goes away with the process.
set -euo pipefail

HOME_DIR=${CHROMABACKUP_CHROMA_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/chromabackup/chroma}
HOST=127.0.0.1
SERVER='
  const [binding, host, port, path] = process.argv.slice(1);
  require(binding).cli(["chroma", "run", "--host", host, "--port", port, "--path", path]);
'
CHROOT_BINDING=/usr/local/chroma/node_modules/chromadb-js-bindings-linux-x64-gnu

fail() {
  echo "serve.sh: $*" >&2
  exit 1
}

# An empty tmpfs on the path's first part holds the mount point, so that nothing is left in the
# root file system but that first part.
ENTER='
  set -eu
  root=$1 data=$2
  shift 2
  top=/$(echo "$data" | cut -d / -f 2)
  mkdir -p "$root$top"
  mount --rbind /dev "$root/dev"
  mount --rbind /proc "$root/proc"
  mount -t tmpfs tmpfs "$root$top"
  mkdir -p "$root$data"
  mount --bind "$data" "$root$data"
  exec chroot "$root" "$@"
'

serve_old() {
  cd /
  exec node -e "$SERVER" \
    "$HOME_DIR/old/node_modules/chromadb-js-bindings-linux-x64-gnu" "$HOST" "$PORT" "$DATA_DIR"
}

serve_new() {
  case $DATA_DIR in
    /usr/* | /lib* | /bin/* | /sbin/* | /etc/* | /dev/* | /proc/*)
      fail "cannot show $DATA_DIR inside the server's root file system, choose another directory"
      ;;
  esac
  exec unshare --mount --propagation private sh -c "$ENTER" enter "$HOME_DIR/new" "$DATA_DIR" \
    node -e "$SERVER" "$CHROOT_BINDING" "$HOST" "$PORT" "$DATA_DIR"
}

(($# == 3)) || fail "usage: serve.sh old|new DATA_DIR PORT"
GENERATION=$1
mkdir -p "$2"
DATA_DIR=$(realpath --no-symlinks "$2")
PORT=$3
[[ -f "$HOME_DIR/$GENERATION/.installed" ]] ||
  fail "no server of generation '$GENERATION' in $HOME_DIR, run install.sh first"

case $GENERATION in
  old) serve_old ;;
  new) serve_new ;;
  *) fail "unknown generation '$GENERATION', expected old or new" ;;
esac
