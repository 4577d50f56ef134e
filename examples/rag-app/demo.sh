#!/usr/bin/env bash
# One command, from a fresh clone to a restored Chroma: starts a real Chroma and the application, puts
# the sample documents in, asks, backs up, verifies, loses the documents, restores, and asks again.
#
#   demo.sh [DIR]      everything is kept in DIR; by default it goes with the demo
#
# Needs root on Debian or Ubuntu, x86-64 (for Chroma: dev/real-chroma/install.sh), a JDK 17, curl.
set -euo pipefail
cd "$(dirname "$0")/../.."

HERE=examples/rag-app
QUESTION="How often does the light flash?"
TOKEN=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')

say() { echo "== $*"; }
fail() { echo "demo.sh: $*" >&2; exit 1; }
free_port() { # one that nobody listens on just now
  local port
  while port=$((20000 + RANDOM % 20000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

api() { # METHOD PATH [curl's own]
  local method=$1 path=$2
  shift 2
  curl -fsS -X "$method" -H "Authorization: Bearer $TOKEN" "$@" "http://127.0.0.1:$APP_PORT$path"
}
field() { # the value of a field of a flat JSON text
  sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"
}
ask() {
  api GET /answers --get --data-urlencode "question=$QUESTION" | field text | sed "s/\\\\n/ /g"
}
finish() { # waits for the operation that a POST answered with; prints how it ended
  local id status
  id=$(field id)
  while status=$(api GET "/operations/$id"); [[ $status == *'"state":"RUNNING"'* ]]; do sleep 0.2; done
  [[ $status == *'"state":"DONE"'* ]] || fail "$status"
  echo "$status"
}

KEEP=${1:-}
if [[ -n $KEEP ]]; then
  mkdir -p "$KEEP"
  DIR=$(cd "$KEEP" && pwd)
else
  DIR=$(mktemp -d "${TMPDIR:-/tmp}/rag-demo.XXXXXX")
fi
CHROMA_PORT=$(free_port)
APP_PORT=$(free_port)
APP=
clean_up() {
  [[ -z $APP ]] || { kill "$APP" 2>/dev/null && wait "$APP" 2>/dev/null; } || true
  [[ ! -f $DIR/chroma.pid ]] || "$HERE/chroma.sh" stop "$DIR/chroma" "$CHROMA_PORT"
  [[ -n $KEEP ]] || rm -rf --one-file-system "$DIR"
}
trap clean_up EXIT

say "building, and installing a real Chroma (both are quick the second time)"
dev/real-chroma/install.sh
./mvnw -q -B -ntp package -pl $HERE -am -Dmaven.test.skip=true

say "starting Chroma on port $CHROMA_PORT, and the application on port $APP_PORT"
mkdir -p "$DIR/chroma"
"$HERE/chroma.sh" start "$DIR/chroma" "$CHROMA_PORT"
RAG_TOKEN=$TOKEN java -jar $HERE/target/chromabackup-rag-app-*-app.jar \
  --server.port="$APP_PORT" --management.server.port=0 \
  --rag.chroma.url="http://127.0.0.1:$CHROMA_PORT" \
  --rag.backup.data="$DIR/chroma" --rag.backup.store="$DIR/archives" \
  --rag.backup.allow-restore=true \
  --rag.backup.service.pid-file="$DIR/chroma.pid" \
  --rag.backup.service.stop="$PWD/$HERE/chroma.sh,stop,$DIR/chroma,$CHROMA_PORT" \
  --rag.backup.service.start="$PWD/$HERE/chroma.sh,start,$DIR/chroma,$CHROMA_PORT" \
  >"$DIR/app.log" 2>&1 &
APP=$!
until curl -s -o "$DIR/answer" "http://127.0.0.1:$APP_PORT/answers?question="; do
  kill -0 $APP 2>/dev/null || { tail -n 20 "$DIR/app.log" >&2; fail "the application did not start"; }
  sleep 0.5
done

say "putting the sample documents in"
for file in "$HERE"/src/main/resources/samples/*.txt; do
  name=$(basename "$file" .txt)
  echo "$name: $(api PUT "/documents/$name" -H "Content-Type: text/plain" --data-binary "@$file")"
done
BEFORE=$(ask)
say "$QUESTION"
echo "$BEFORE"

say "backing up, and verifying"
BACKUP=$(api POST /backups | finish)
ARCHIVE=$(field archive <<<"$BACKUP")
echo "$BACKUP"
api POST "/backups/$ARCHIVE/verification" | finish
say "the archive by itself: tar and sha256sum"
mkdir -p "$DIR/unpacked"
tar xzf "$DIR/archives/$ARCHIVE" -C "$DIR/unpacked"
(cd "$DIR/unpacked" && sha256sum --quiet -c SHA256SUMS && echo "$(wc -l <SHA256SUMS) files are whole")

say "losing all documents"
curl -fsS -X DELETE \
  "http://127.0.0.1:$CHROMA_PORT/api/v2/tenants/default_tenant/databases/default_database/collections/documents"
echo
[[ $(ask 2>&1 || true) != "$BEFORE" ]] || fail "the documents are still there"

say "restoring $ARCHIVE"
api POST /restores -H "Content-Type: application/json" \
  -d "{\"archive\":\"$ARCHIVE\",\"replace\":\"$ARCHIVE\"}" | finish
AFTER=$(ask)
say "$QUESTION"
echo "$AFTER"
[[ $AFTER == "$BEFORE" ]] || fail "that is another answer than before"
say "the same answer. ${KEEP:+Archive, data and logs are in $DIR}"
