#!/usr/bin/env bash
# Installs two real Chroma servers for the tests that need one:
#
#   old/  a 1.0 server, run by this machine's own Node (schema sysdb 9, metadb 5, queue 2)
#   new/  a 1.5 server in a Debian trixie root file system, because its binding needs glibc 2.38
#
# Needs root on Debian or Ubuntu, x86-64. Running it again is cheap: what is whole is left alone.
set -euo pipefail

OLD_PACKAGE=chromadb-js-bindings-linux-x64-gnu
OLD_VERSION=1.0.5
NEW_PACKAGE=chromadb
NEW_VERSION=3.5.0
NEW_BINDING=chromadb-js-bindings-linux-x64-gnu
NEW_BINDING_VERSION=1.3.4
NEW_SUITE=trixie

# Where the package lies inside the root file system; serve.sh knows it too. It is under /usr, as
# serve.sh covers the top directory of a data directory and refuses those in /usr.
CHROOT_DIR=/usr/local/chroma

HOME_DIR=${CHROMABACKUP_CHROMA_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/chromabackup/chroma}

# The marks name the versions, so that raising a pin above makes an older installation stale.
OLD_MARK="$OLD_PACKAGE@$OLD_VERSION"
NEW_MARK="$NEW_SUITE $NEW_PACKAGE@$NEW_VERSION $NEW_BINDING@$NEW_BINDING_VERSION"

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

is_whole() {
  [[ -f "$1/.installed" && "$(cat "$1/.installed")" == "$2" ]]
}

# Installs the Debian packages whose command is missing; apt is not asked when nothing is.
require_commands() {
  local missing=() pair
  for pair in "$@"; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done
  ((${#missing[@]})) || return 0
  echo "installing ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null
}

# Runs a command quietly, and shows what it said only if it failed.
quietly() {
  "$@" >"$HOME_DIR/install.log" 2>&1 && return 0
  tail -n 30 "$HOME_DIR/install.log" >&2
  fail "failed: $*"
}

npm_install() {
  local prefix=$1
  shift
  quietly npm install --prefix "$prefix" --no-audit --no-fund --ignore-scripts --save-exact "$@"
}

# npm leaves out an optional package it cannot use without an error, so look for the binary itself.
require_binding() {
  compgen -G "$1/*.node" >/dev/null || fail "the server's native binding is missing in $1"
}

# Puts a finished tree in place in one step; a tree that is being built never carries the name.
publish() {
  local built=$1 target=$2 mark=$3
  echo "$mark" >"$built/.installed"
  rm -rf --one-file-system "$target"
  mv "$built" "$target"
}

install_old() {
  local target="$HOME_DIR/old" built="$HOME_DIR/.old.$$"
  if is_whole "$target" "$OLD_MARK"; then
    echo "old: already there ($OLD_MARK)"
    return
  fi
  mkdir "$built"
  npm_install "$built" "$OLD_PACKAGE@$OLD_VERSION"
  require_binding "$built/node_modules/$OLD_PACKAGE"
  publish "$built" "$target" "$OLD_MARK"
  echo "old: installed $OLD_MARK"
}

install_new() {
  local target="$HOME_DIR/new" built="$HOME_DIR/.new.$$"
  if is_whole "$target" "$NEW_MARK"; then
    echo "new: already there ($NEW_MARK)"
    return
  fi
  require_commands debootstrap:debootstrap
  [[ -f /usr/share/keyrings/debian-archive-keyring.gpg ]] ||
    quietly apt-get install -y -qq debian-archive-keyring
  echo "new: building a Debian $NEW_SUITE root file system, about a minute"
  # In a mount namespace of its own, so that no mount outlives a debootstrap that is killed.
  quietly unshare --mount --propagation private \
    debootstrap --variant=minbase --include=nodejs,ca-certificates "$NEW_SUITE" "$built"
  rm -rf "$built"/var/cache/apt/archives/*.deb "$built"/var/lib/apt/lists/*
  mkdir "$built$CHROOT_DIR"
  npm_install "$built$CHROOT_DIR" \
    "$NEW_PACKAGE@$NEW_VERSION" "$NEW_BINDING@$NEW_BINDING_VERSION"
  require_binding "$built$CHROOT_DIR/node_modules/$NEW_BINDING"
  publish "$built" "$target" "$NEW_MARK"
  echo "new: installed $NEW_MARK"
}

main() {
  [[ $EUID -eq 0 ]] || fail "must run as root"
  [[ "$(uname -sm)" == "Linux x86_64" ]] || fail "needs Linux on x86-64, this is $(uname -sm)"
  [[ "$HOME_DIR" == /* && "$HOME_DIR" != *[[:space:]]* ]] ||
    fail "debootstrap needs an absolute path without spaces, not '$HOME_DIR'"
  mkdir -p "$HOME_DIR"
  exec 9>"$HOME_DIR/.lock"
  flock 9
  trap 'rm -rf --one-file-system "$HOME_DIR/.old.$$" "$HOME_DIR/.new.$$"' EXIT
  rm -rf --one-file-system "$HOME_DIR"/.old.* "$HOME_DIR"/.new.*
  require_commands node:nodejs npm:npm
  install_old
  install_new
  rm -f "$HOME_DIR/install.log"
  echo "servers are in $HOME_DIR"
}

main "$@"
