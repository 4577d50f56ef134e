#!/usr/bin/env bash
# Runs podman's Docker-compatible service in the foreground: serve.sh SOCKET
#
# For tests with a second engine. It has a storage and a configuration of its own, and the image of
# dev/real-docker/install.sh under the same name; that script must have run. When the socket
# answers, the image is there. Every step is an exec, so that a signal to this script's pid stops
# the service. Its containers go on: remove them first.
#
# Needs root on Debian or Ubuntu.
set -euo pipefail

IMAGE=${CHROMABACKUP_DOCKER_IMAGE:-chromabackup-test/chroma:1.5}
HOME_DIR=${CHROMABACKUP_PODMAN_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/chromabackup/podman}

fail() {
  echo "serve.sh: $*" >&2
  exit 1
}

# Runs a command quietly, and shows what it said only if it failed.
quietly() {
  "$@" >"$HOME_DIR/serve.log" 2>&1 9>&- && return 0
  tail -n 30 "$HOME_DIR/serve.log" >&2
  fail "failed: $*"
}

install_podman() {
  command -v podman >/dev/null && command -v runc >/dev/null && return
  quietly apt-get update -qq
  quietly env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends podman runc iptables
}

# runc instead of crun, which refuses cgroups of version 1. No limits of ours on containers: podman
# 4.3 asks for more open files than a machine may allow. No systemd, no journal.
write_configuration() {
  cat >"$HOME_DIR/containers.conf" <<'END'
[containers]
default_ulimits = []
log_driver = "k8s-file"

[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
END
  # Layers are kept by the kernel's overlay, which is Docker's choice too.
  cat >"$HOME_DIR/storage.conf" <<END
[storage]
driver = "overlay"
graphroot = "$HOME_DIR/storage"
runroot = "$HOME_DIR/run"
END
}

# The same image under the same name, once, and again when Docker's is another one. Podman puts a
# name without a registry under localhost/, and its service finds it by the short one.
load_image() {
  local id
  id=$(docker image inspect -f '{{.Id}}' "$IMAGE" 2>/dev/null) ||
    fail "no image $IMAGE, run dev/real-docker/install.sh first"
  [[ "sha256:$(podman image inspect -f '{{.Id}}' "$IMAGE" 2>/dev/null)" == "$id" ]] && return
  docker save "$IMAGE" | quietly podman load
  quietly podman image prune --force
}

(($# == 1)) || fail "usage: serve.sh SOCKET"
[[ $EUID -eq 0 ]] || fail "must run as root"
mkdir -p "$HOME_DIR" "$(dirname "$1")"
SOCKET=$(realpath --no-symlinks "$1")
export CONTAINERS_CONF="$HOME_DIR/containers.conf" CONTAINERS_STORAGE_CONF="$HOME_DIR/storage.conf"

exec 9>"$HOME_DIR/.lock"
flock 9
install_podman
write_configuration
load_image
rm -f "$SOCKET" "$HOME_DIR/serve.log"
exec podman system service --time=0 "unix://$SOCKET" 9>&-
