# Runs in a companion container, with the data directory's volume, which it can only read:
# sh -c THIS copy DIRECTORY
#
# Does what its input says, and ends each answer with a line of a dot and 0, or 1 if it failed:
#
#   look        how much room there is to put files aside, what time it is, what kind of file system
#               the directory is on, and what is there of Chroma's; 1 also if a name has a control
#               character in it, which could be taken for another line
#   aside       copies the files that the next lines name, up to an empty one, into this container;
#               says ~ from time to time, as long as that goes on
set -u
export LC_ALL=C
data=$1
aside=/chromabackup
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

# only as long as there is more and more of it: a copy that hangs is not to be waited for
beat() {
  before=
  while sleep 5 >/dev/null; do
    now=$(du -sk "$aside")
    [ "$now" = "$before" ] || echo '~'
    before=$now
  done
}

aside() {
  beat </dev/null &
  beating=$!
  number=0
  failed=0
  while IFS= read -r name && [ -n "$name" ]; do
    cp "./$name" "$aside/$number" || failed=1
    echo "copied $number"
    number=$((number + 1))
  done
  kill "$beating"
  wait "$beating"
  echo ". $failed"
}

while read -r word; do
  case $word in
    look | aside) "$word" ;;
    *) echo ". 1" ;;
  esac
done
