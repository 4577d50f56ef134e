# Runs in a companion container, with the data directory's volume, which it can only read:
# sh -c THIS copy DIRECTORY
#
# Does what its input says, and ends each answer with a line of a dot and 0, or 1 if it failed:
#
#   look        how much room there is to put files aside, and what is in the directory
#   aside       copies the files that the next lines name, up to an empty one, into this container
set -u
data=$1
aside=/chromabackup
mkdir -p "$aside"
cd "$data" || exit 1

look() {
  echo "room $(df -Pk "$aside" | tail -n 1)"
  find . -mindepth 1 -maxdepth 2 -exec stat -c '%f %s %u %g %i %y %z %n' {} +
  echo ". $?"
}

aside() {
  number=0
  failed=0
  while IFS= read -r name && [ -n "$name" ]; do
    cp "./$name" "$aside/$number" || failed=1
    echo "copied $number"
    number=$((number + 1))
  done
  echo ". $failed"
}

while read -r word; do
  case $word in
    look | aside) "$word" ;;
    *) echo ". 1" ;;
  esac
done
