#!/usr/bin/env bash
# Sees to a Docker engine and to an image with a real Chroma server, for the tests that need both.
#
# An engine that answers is left as it is. Otherwise dockerd is started in the background, installed
# first if need be; that needs root on Debian or Ubuntu.
#
# The image is built from the root file system of dev/real-chroma/install.sh, and needs no registry.
# Like the official one (chromadb/chroma from 1.0 on) it runs `chroma run /config.yaml`, keeps its
# data in /data and declares no volume. To use another one, from a registry, name it in
# CHROMABACKUP_DOCKER_IMAGE, and to the tests with -Dchromabackup.dockerImage.
#
# Running it again is cheap: what is there is left alone.
set -euo pipefail
cd "$(dirname "$0")/../.."

IMAGE=chromabackup-test/chroma:1.5
LABEL=chromabackup.madeOf
START_SECONDS=60

HOME_DIR=${CHROMABACKUP_DOCKER_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/chromabackup/docker}
CHROMA_HOME_DIR=${CHROMABACKUP_CHROMA_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/chromabackup/chroma}

# Further options, separated by spaces, for a dockerd that is started here. Beside another engine
# it wants a --bridge of its own: with --bridge none it deletes the other one's docker0.
read -ra DOCKERD_OPTIONS <<<"${CHROMABACKUP_DOCKERD_OPTIONS:-}"

# What a server does not need, or must not take from the machine it was made on.
LEFT_OUT=(
  ./.installed './dev/*' './proc/*' './run/*' './sys/*' './tmp/*'
  './var/cache/*' './var/lib/apt/lists/*' './var/log/*' './var/tmp/*'
  './usr/share/doc/*' './usr/share/info/*' './usr/share/locale/*' './usr/share/man/*'
)

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

require_root() {
  [[ $EUID -eq 0 ]] || fail "must run as root, to $1"
}

# Runs a command quietly, and shows what it said only if it failed. It does not get the lock: a
# service that a package starts would keep it.
quietly() {
  "$@" >"$HOME_DIR/install.log" 2>&1 9>&- && return 0
  tail -n 30 "$HOME_DIR/install.log" >&2
  fail "failed: $*"
}

apt_install() {
  require_root "install $*"
  command -v apt-get >/dev/null || fail "needs Debian or Ubuntu, to install $*"
  echo "installing $*"
  quietly apt-get update -qq
  quietly env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "$@"
}

answers() {
  timeout 20 docker version >"$HOME_DIR/docker-version.log" 2>&1
}

install_engine() {
  if ! command -v dockerd >/dev/null; then
    apt_install docker.io iptables
    # Where there is a service manager, the package starts an engine by itself.
    sleep 3
  fi
  # Debian 13 has the client in a package of its own.
  command -v docker >/dev/null || apt_install docker-cli
}

# A session of its own, none of our files: the engine outlives this script and whoever called it.
start_engine() {
  local log="$HOME_DIR/dockerd.log" pid
  require_root "start dockerd"
  setsid nohup dockerd "${DOCKERD_OPTIONS[@]}" </dev/null >"$log" 2>&1 9>&- &
  pid=$!
  for ((waited = 0; waited < 2 * START_SECONDS; waited++)); do
    if answers; then
      echo "engine: started, its log is $log"
      return
    fi
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.5
  done
  tail -n 30 "$log" >&2
  if kill -0 "$pid" 2>/dev/null; then
    kill "$pid"
    fail "dockerd does not answer after $START_SECONDS s, the end of its log is above"
  fi
  fail "dockerd has ended, the end of its log is above"
}

see_to_engine() {
  if command -v docker >/dev/null && answers; then
    echo "engine: already there ($(docker version --format '{{.Server.Version}}'))"
    return
  fi
  # Where the client looks is another engine's place, unless the options say that it is this one's.
  if [[ -n "${DOCKER_HOST:-}" ]] && ((${#DOCKERD_OPTIONS[@]} == 0)); then
    fail "no engine answers at DOCKER_HOST=$DOCKER_HOST"
  fi
  install_engine
  answers || start_engine
}

see_to_named_image() {
  if docker image inspect "$1" >/dev/null 2>&1; then
    echo "image: already there ($1)"
    return
  fi
  echo "image: pulling $1"
  quietly docker pull "$1"
}

# What the official image has beside the program itself, to be laid over the system.
write_server_files() {
  mkdir -p "$1/usr/local/bin"
  cat >"$1/config.yaml" <<'END'
persist_path: "/data"
listen_address: "0.0.0.0"
port: 8000
END
  cat >"$1/usr/local/bin/chroma" <<'END'
#!/usr/bin/node
const server = require("/usr/local/chroma/node_modules/chromadb-js-bindings-linux-x64-gnu");
server.cli(["chroma", ...process.argv.slice(2)]);
END
  chmod 755 "$1/usr/local/bin/chroma"
  chmod 644 "$1/config.yaml"
}

see_to_image() {
  local system="$CHROMA_HOME_DIR/new" added="$HOME_DIR/.added.$$" mark old new
  dev/real-chroma/install.sh
  # The label names all that the image is made of, so that raising a pin makes it stale.
  mark="$(cat "$system/.installed"), $(sha256sum <dev/real-docker/install.sh | cut -c 1-12)"
  if [[ "$(docker image inspect -f "{{index .Config.Labels \"$LABEL\"}}" "$IMAGE" 2>&1)" == "$mark" ]]
  then
    echo "image: already there ($IMAGE)"
    return
  fi
  mkdir "$added"
  write_server_files "$added"
  old=$(docker image inspect -f '{{.Id}}' "$IMAGE" 2>/dev/null || true)
  # It gets its name only when the whole of it went in and it runs. No path may occur twice in
  # what is imported, so the added tree is not given as a whole.
  new=$(
    tar --create --numeric-owner --one-file-system --anchored "${LEFT_OUT[@]/#/--exclude=}" \
      --directory "$system" . --directory "$added" ./config.yaml ./usr/local/bin/chroma |
      docker import \
        --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
        --change 'ENTRYPOINT ["chroma"]' --change 'CMD ["run", "/config.yaml"]' \
        --change 'EXPOSE 8000' --change 'WORKDIR /' --change "LABEL $LABEL=\"$mark\"" -
  ) || fail "could not make the image"
  quietly docker run --rm --network none "$new" --version
  docker tag "$new" "$IMAGE"
  # Fails while a container uses it, which does no harm.
  [[ -z "$old" || "$old" == "$new" ]] || docker image rm "$old" >/dev/null 2>&1 || true
  echo "image: made $IMAGE of $mark"
}

main() {
  mkdir -p "$HOME_DIR"
  exec 9>"$HOME_DIR/.lock"
  flock 9
  trap 'rm -rf --one-file-system "$HOME_DIR/.added.$$"' EXIT
  rm -rf --one-file-system "$HOME_DIR"/.added.*
  see_to_engine
  if [[ -n "${CHROMABACKUP_DOCKER_IMAGE:-}" ]]; then
    see_to_named_image "$CHROMABACKUP_DOCKER_IMAGE"
  else
    see_to_image
  fi
  rm -f "$HOME_DIR/install.log" "$HOME_DIR/docker-version.log"
}

main "$@"
