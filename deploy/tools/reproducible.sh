#!/usr/bin/env bash
# Builds every program twice and compares them bit for bit: here, with the usual
# build cache, and from a copy of the tree in another folder with an empty one,
# so that everything, the standard library included, is compiled again. Equal
# means that what a program is follows from the source, the Go release and the
# platform: not from the folder, the cache, the time or the order of the work.
# It takes minutes; a program's folder as argument takes that one alone.
set -euo pipefail
cd "$(dirname "$0")/../.."
export GOFLAGS="-trimpath -buildvcs=false" CGO_ENABLED=0
programs=${*:-$(cat deploy/tools/programs.txt)}

work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT
there=$work/another/folder/of/another/length
mkdir -p "$there" "$work/first" "$work/second"
git ls-files -z --cached --others --exclude-standard | tar --null -T - -cf - | tar -xf - -C "$there"
cp -r gateway/internal/console/dist "$there/gateway/internal/console/" # the console, where it was built

build() { # folder, output
  for program in $programs; do
    (cd "$1" && go build -o "$2/${program##*/}" "./$program")
  done
}
build "$PWD" "$work/first"
GOCACHE=$work/cache build "$there" "$work/second"

for program in $programs; do
  name=${program##*/}
  cmp "$work/first/$name" "$work/second/$name" || { echo "$name: two builds of the same source differ"; exit 1; }
  printf '%s  %s\n' "$(sha256sum <"$work/first/$name" | cut -c1-64)" "$name"
done
