# Runs in a companion container, with the data directory's volume, which it can only read:
# sh -c THIS copy DIRECTORY
#
# Does what its input says, and ends each answer with a line of a dot and 0, or 1 if it failed:
#
#   look        how much room there is to put files aside, what time it is, what kind of file system
#               the directory is on, and what is there of Chroma's; 1 also if a name has a control
#               character in it, which could be taken for another line
#   ready       copies the database into this container, as it is just now, to be written over later:
#               that takes much less time than to make a file
#   aside       copies the files that the next lines name, up to an empty one, into this container;
#               says ~ from time to time, as long as that goes on
set -u
export LC_ALL=C
data=$1
aside=/chromabackup
ready=$aside/ready
mkdir -p "$aside"
cd "$data" || exit 1

x='[0-9a-fA-F]'
x=$x$x$x$x
segment="./$x$x-$x-$x-$x-$x$x$x"

# what is not Chroma's is nobody's business here: it may be unreadable, or come and go
look() {
  echo "room $(df -Pk "$aside" | tail -n 1)"
  echo "now $(date +%s)"
  echo "type $(stat -f -c %T .)"
  find . -maxdepth 2 ! -name . \
    ! -path './chroma.sqlite3' ! -path './chroma.sqlite3-journal' ! -path './chroma.sqlite3-wal' \
    ! -path "$segment" ! -path "$segment/*" -prune \
    -o ! -name . -name '*[[:cntrl:]]*' -exec false {} + \
    -o ! -name . -exec stat -c '%f %s %u %g %i %y %z %n' {} +
  echo ". $?"
}

# only as long as something is written: a copy that hangs is not to be waited for
beat() {
  before=
  while sleep 5 >/dev/null; do
    now=$(find "$aside" -exec stat -c '%b %y' {} +)
    [ "$now" = "$before" ] || echo '~'
    before=$now
  done
}

# while_beating COMMAND...
while_beating() {
  beat </dev/null &
  beating=$!
  failed=0
  "$@" || failed=1
  kill "$beating"
  wait "$beating"
  echo ". $failed"
}

ready() {
  mkdir "$ready" && cp ./chroma.sqlite3 "$ready" && return
  rm -rf "$ready"
  return 1
}

size() {
  stat -c %s "$1"
}

# put NAME TO
put() {
  if [ -f "$ready/$1" ] && [ "$(size "./$1")" -ge "$(size "$ready/$1")" ]; then
    cat "./$1" 1<>"$ready/$1" && mv "$ready/$1" "$2"
  else
    cp "./$1" "$2"
  fi
}

aside() {
  number=0
  all=0
  while IFS= read -r name && [ -n "$name" ]; do
    put "$name" "$aside/$number" || all=1
    echo "copied $number"
    number=$((number + 1))
  done
  return "$all"
}

while read -r word; do
  case $word in
    look) look ;;
    ready | aside) while_beating "$word" ;;
    *) echo ". 1" ;;
  esac
done
