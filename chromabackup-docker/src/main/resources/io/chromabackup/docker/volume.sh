# Runs in a companion container, as root, with the data directory's volume:
# sh -c THIS volume ACTION DIRECTORY [FILES]
#
# Layout, journal and order of the steps are those of a restore into a local directory, so that
# either can settle what the other left:
#
#   DIRECTORY/.chromabackup/journal   what is being swapped, and how far it has come
#   DIRECTORY/.chromabackup/new/      what is to be live
#   DIRECTORY/.chromabackup/old/      what was live
#   DIRECTORY/.chromabackup/aside-*/  what is new, on the way back
#   DIRECTORY/.chromabackup/kept/     the same, if a server has worked on it: that it is there says so
#
# The database leaves first and arrives last, and nothing new arrives before all that is old has
# left: no journal of SQLite ever meets a database that is not its own. A name is old if the journal
# has it among the old and it is not set aside in old/; so the way back can be taken from any
# instant, any number of times. And it needs no room, as the disk may be full by then: its directory is
# made with old/, and the journal's next state is written over a draft that lies ready, journal.tmp.
set -eu
umask 077
action=$1
data=$2
sent=${3:-0}
work=$data/.chromabackup
old=$work/old
new=$work/new
aside=$work/aside-new
kept=$work/kept
keep=
journal=$work/journal

fail() {
  echo "$*"
  exit 3
}

# As fail does, where what is there is not this restore's own: nothing was changed.
refuse() {
  echo "$*"
  exit 4
}

# As refuse does, where what is there is another restore's, which may be at work in it.
leave_to_another() {
  echo "$*"
  exit 5
}

there() {
  [ -e "$1" ] || [ -L "$1" ]
}

# Makes durable; names of directories, as renames are what matters here.
flush() {
  sync "$@" 2>/dev/null || sync
}

is_segment() {
  case $1 in
    *[!0-9a-fA-F-]*) return 1 ;;
    ????????-????-????-????-????????????) [ -d "$2/$1" ] ;;
    *) return 1 ;;
  esac
}

# What belongs to Chroma in a directory, in the order in which it leaves, one name a line.
names() {
  for name in chroma.sqlite3 chroma.sqlite3-journal chroma.sqlite3-shm chroma.sqlite3-wal; do
    if there "$1/$name"; then echo "$name"; fi
  done
  for path in "$1"/*-*-*-*-*; do
    if is_segment "${path##*/}" "$1"; then echo "${path##*/}"; fi
  done
}

reversed() {
  backwards=
  for name in $1; do backwards="$name $backwards"; done
  echo "$backwards"
}

state() {
  sed -n 's/^state //p' "$journal"
}

listed() {
  sed -n "s/^$1 //p" "$journal"
}

is_listed() {
  listed "$1" | grep -qxF -e "$2"
}

settled_by_another() {
  refuse "somebody else has settled the restore into $data: $1. Nothing was changed. Find out who is at work there, and which data is live; what was replaced may be in $work-replaced-*"
}

require_journal() {
  there "$journal" || settled_by_another "its journal is gone"
  [ "$(head -n 1 "$journal")" = "chromabackup restore journal 1" ] &&
    [ "$(tail -n 1 "$journal")" = "end" ] ||
    fail "the restore journal $journal cannot be understood. Nothing was changed. The data as it was before the restore is in $old as far as it is there, and in $data else"
}

# journal_text STATE OLD_NAMES NEW_NAMES
journal_text() {
  echo "chromabackup restore journal 1"
  echo "state $1"
  for name in $2; do echo "old $name"; done
  for name in $3; do echo "new $name"; done
  echo "end"
}

# write_journal STATE OLD_NAMES NEW_NAMES
write_journal() {
  text=$(journal_text "$@")
  # cuts what lies ready to the length, and leaves it its room
  dd if=/dev/null of="$journal.tmp" bs=1 seek=$((${#text} + 1)) 2>/dev/null
  echo "$text" 1<>"$journal.tmp"
  flush "$journal.tmp"
  mv "$journal.tmp" "$journal"
  flush "$work"
  make_ready $((${#text} + 17)) # a line break, and no state's name is longer than another's by more
}

# If it cannot be, the next state may still find room.
make_ready() {
  printf "%$1s" "" 2>/dev/null >"$journal.tmp" || :
}

rewrite_journal() {
  write_journal "$1" "$(listed old)" "$(listed new)"
}

# move NAMES FROM TO
move() {
  for name in $1; do
    if there "$3/$name"; then fail "$3/$name is there already, and would be replaced"; fi
    mv "$2/$name" "$3/$name"
  done
  flush "$3"
  if there "$2"; then flush "$2"; fi
}

# Whoever owned the database before shall be able to use the one that comes.
owner() {
  for path in "$data/chroma.sqlite3" "$data"; do
    if there "$path"; then
      stat -c '%u %g' "$path"
      return
    fi
  done
}

# Says what the library wants to know before it sends anything: the names, but only one of all segments and some of what is
# not Chroma's, and then the facts. Of what a companion says only the end is sure to be read.
list() {
  there "$data" || fail "there is no directory $data"
  list_names
  echo "owner $(owner)"
  echo "available $(df -Pk "$data" | awk 'NR == 2 { print $4 }')"
  echo "bytes $(names "$data" | while read -r name; do du -sk "$data/$name"; done | awk '{ sum += $1 } END { print sum + 0 }')"
}

list_names() {
  segment=
  foreign=0
  ls -A "$data" | {
    while IFS= read -r name; do
      case $name in
        chroma.sqlite3 | chroma.sqlite3-journal | chroma.sqlite3-shm | chroma.sqlite3-wal) ;;
        *)
          if is_segment "$name" "$data"; then
            [ -z "$segment" ] || continue
            segment=$name
          else
            foreign=$((foreign + 1))
            [ "$foreign" -le 100 ] || continue
          fi
          ;;
      esac
      echo "name $name"
    done
    [ "$foreign" -le 100 ] || echo "more $((foreign - 100))"
  }
}

# Makes a directory, and those that it is in, for whoever has the one above: a server that never ran
# has not made its own.
make() {
  if there "$1"; then return; fi
  make "$(dirname "$1")"
  mkdir -m 755 "$1"
  chown "$(stat -c %u:%g "$(dirname "$1")")" "$1"
}

prepare() {
  make "$data"
  if there "$journal" || there "$old"; then
    fail "an earlier restore into $data is unfinished. Recover it first"
  fi
  mkdir -p "$work"
  discard
  mkdir "$new"
  list
}

# What was sent must be on the disk before the old leaves; takes its time while the server still runs.
settle() {
  for path in "$new/chroma.sqlite3" "$new/chroma.sqlite3-wal"; do
    # of a machine whose clock is ahead; as if a server had written to it after the swap
    if [ "$path" -nt "$new" ]; then touch "$path"; fi
  done
  sync -f "$new" 2>/dev/null || sync
}

# Somebody may have been at work here meanwhile who does not see the companion that has the turn, as
# the directory is one of the host's; or that was removed, and it is another's turn.
require_own() {
  if there "$journal" || there "$old"; then
    leave_to_another "another restore into $data is at work, or unfinished. Nothing was changed. Wait for it to end, or recover it; then restore again"
  fi
  found=$(if there "$new"; then find "$new" -type f; fi | wc -l)
  [ -d "$new" ] && [ "$found" -eq "$sent" ] ||
    refuse "$sent files were sent to $new, and $found are there: somebody else was at work in it. Nothing was changed. Find out who it is; then restore again"
}

exchange() {
  require_own
  before=$(names "$data")
  after=$(names "$new")
  write_journal SWAPPING "$before" "$after"
  mkdir "$old" "$aside"
  flush "$work"
  move "$before" "$data" "$old"
  move "$(reversed "$after")" "$new" "$data"
  write_journal SWAPPED "$before" "$after"
}

# Whether a server has written to the live database, or to its log, since the journal was written.
is_written_since() {
  [ "$data/chroma.sqlite3" -nt "$journal" ] || [ "$data/chroma.sqlite3-wal" -nt "$journal" ]
}

# Whether all that is old is live: its database leaves first and arrives last.
is_all_old() {
  is_listed old chroma.sqlite3 && ! there "$old/chroma.sqlite3" && there "$data/chroma.sqlite3"
}

# What is live and not old. While the old database is there, all that was made is its own.
leaving() {
  if is_all_old; then return 0; fi
  for name in $(names "$data"); do
    if ! is_listed old "$name" || there "$old/$name"; then echo "$name"; fi
  done
}

# move_away NAMES TO: a server may have made some of it anew since an earlier way back was broken off.
move_away() {
  more=
  for name in $1; do
    to=$2
    if there "$to/$name"; then
      [ -n "$more" ] || more=$(mktemp -d "$2/more-XXXXXX")
      to=$more
    fi
    mv "$data/$name" "$to/$name"
  done
  [ -z "$more" ] || flush "$more"
  flush "$2" "$data"
}

require_nothing_lost() {
  for name in $(listed old); do
    there "$old/$name" || there "$data/$name" ||
      fail "the restore into $data cannot be undone: $name is neither there nor in $old. Nothing was changed. Find out who removed it and put it back into $old"
  done
}

# What is kept needs no directory of its own.
make_aside() {
  if ! there "$kept"; then
    mkdir -p "$aside"
    if [ -n "$keep" ]; then mv "$aside" "$kept"; fi
  fi
  if there "$kept"; then aside=$kept; fi
  flush "$work"
}

# Puts the old back, wherever the exchange has come to. Only the journal is left to be removed.
put_back() {
  require_journal
  [ "$(state)" != ADOPTED ] || settled_by_another "it is final"
  # a server that runs on all of the old deletes what it wants of it: a journal, a log, a segment
  if [ "$(state)" != SWAPPING ] || ! is_all_old; then require_nothing_lost; fi
  away=$(leaving)
  if [ -n "$away" ]; then
    make_aside
  fi
  # no server that is started half way makes it final; nor does a decision that failed
  [ "$(state)" = SWAPPING ] || rewrite_journal SWAPPING
  if [ -n "$away" ]; then move_away "$away" "$aside"; fi
  back=
  for name in $(listed old); do
    if there "$old/$name"; then back="$name $back"; fi
  done
  if [ -n "$back" ]; then move "$back" "$old" "$data"; fi
  if there "$old"; then rmdir "$old"; fi
  if there "$kept"; then set_aside "$kept"; fi
}

# By the restore itself, seconds later: nothing is kept.
undo() {
  put_back
  rm "$journal"
  flush "$work"
}

# Perhaps days later: what a server has worked on is kept.
undo_later() {
  replaced=
  if is_written_since; then keep=yes; fi
  if ! there "$old" && ! there "$kept"; then
    # an earlier way back may have ended when only the journal was left
    find_set_aside
    [ "$replaced" -nt "$journal" ] || replaced=
  fi
  put_back
  said="a restore was broken off; the data from before is back"
  [ -z "$replaced" ] || said="$said. A server has worked on what was restored, so that is kept in $replaced: delete it when it is not wanted any more"
  echo "$said" # as long as the next one would say it again
  rm "$journal"
  flush "$work"
}

# Gives a directory a name that nothing of ours deletes, if there is something in it.
set_aside() {
  if rmdir "$1" 2>/dev/null; then return 0; fi
  replaced=$work-replaced-$(date -u +%Y%m%d_%H%M%S)
  if there "$replaced"; then fail "$replaced is there already, and would be replaced"; fi
  mv "$1" "$replaced"
  flush "$data" "$work"
}

# What somebody has set aside who ended then; the last of them is the newest.
find_set_aside() {
  for path in "$work"-replaced-*; do if there "$path"; then replaced=$path; fi; done
}

# The new is not to stay, whoever works on it.
reject() {
  there "$journal" || exit 0
  require_journal
  [ "$(state)" != ADOPTED ] || exit 0
  rewrite_journal SWAPPING
}

decide() {
  require_journal
  rewrite_journal COMMITTED
}

finish() {
  rm -rf "$old"
  discard
  rm -f "$journal"
  leave
}

discard() {
  rm -rf "$new" "$work"/aside-* "$journal.tmp"
  rmdir "$kept" 2>/dev/null || : # empty, if a way back ended before it moved anything
}

# The directory goes if nobody else has something in it.
leave() {
  flush "$data"
  rmdir "$work" 2>/dev/null || :
}

# What is not swapped goes, if it is still this restore's.
drop() {
  if there "$journal" || there "$old"; then exit 0; fi
  discard
  leave
}

# After a swap there is a journal, or somebody else has ended the restore, who knows how.
roll_back_swapped() {
  require_journal
  roll_back
}

roll_back() {
  if there "$journal"; then undo; fi
  discard
  leave
}

# What a server has written on the new data is not to be undone, though it may be down by now.
adopt() {
  there "$journal" || exit 0
  require_journal
  [ "$(state)" = SWAPPED ] && is_written_since || exit 0
  rewrite_journal ADOPTED
  keep_replaced
}

# What an adopted restore has replaced goes where nothing of ours deletes it.
keep_replaced() {
  replaced=
  if there "$old"; then set_aside "$old"; else find_set_aside; fi
  flush "$work"
  discard
  said="a restore was broken off after its data was in place, and a server has worked on it since; it is final now"
  [ -z "$replaced" ] || said="$said. Nobody has seen the server serve it, so what it replaced is kept in $replaced: delete that when it is not wanted any more"
  echo "$said" # as long as the next one would say it again
  rm -f "$journal"
  leave
}

recover() {
  there "$work" || exit 0
  if there "$journal"; then
    require_journal
    case $(state) in
      COMMITTED)
        finish
        echo "the restore was final; what it had replaced was deleted"
        ;;
      ADOPTED) keep_replaced ;;
      *)
        undo_later
        discard
        leave
        ;;
    esac
  else
    if there "$old"; then
      rmdir "$old" 2>/dev/null ||
        fail "$old holds data that a restore set aside, but its journal is gone. Nothing was changed. Put what you want of it into $data, then delete $work"
    fi
    discard
    leave
  fi
}

case $action in
  list | prepare | settle | exchange | drop | reject | roll_back | roll_back_swapped | decide | finish | adopt | recover) "$action" ;;
  *) fail "unknown action $action" ;;
esac
