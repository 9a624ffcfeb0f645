#!/usr/bin/env bash
# Everything that a reader should not have to check. Prints each step; the
# first that fails ends it and says how to mend it.
set -euo pipefail
cd "$(dirname "$0")/../.."
module=github.com/aval-access/aval
modules=(proto services gateway deploy)
step() { printf -- '-- %s\n' "$*"; }

step formatting
unformatted=$(gofmt -l services gateway deploy)
[ -z "$unformatted" ] || { echo "$unformatted"; echo "run make format"; exit 1; }

step go vet
go vet $(printf "$module/%s/... " "${modules[@]}")

step staticcheck
bin/staticcheck $(printf "$module/%s/... " services gateway deploy)

step "generated code"
deploy/tools/generate.sh --check

step "buf lint"
bin/buf lint

step "buf breaking"
deploy/tools/breaking.sh

step "module files"
for m in "${modules[@]}" deploy/tools deploy/bench/openfga; do
  (cd "$m" && GOWORK=off GOFLAGS=-mod=mod go mod tidy -diff) || { echo "run go mod tidy in $m with GOWORK=off"; exit 1; }
done
# The client for products names no folder of ours: others import it.
client=$(mktemp -d)
trap 'rm -rf "$client"' EXIT
cp services/accessclient/go.{mod,sum} "$client"
echo "replace $module/proto => $PWD/proto" >>"$client/go.mod"
(cd services/accessclient && GOWORK=off GOFLAGS=-mod=mod go mod tidy -diff -modfile="$client/go.mod") ||
  { echo "mend go.mod and go.sum of services/accessclient as shown"; exit 1; }

step checksums
go mod verify >/dev/null && GOWORK=off go -C deploy/tools mod verify >/dev/null

step licences
go run ./deploy/licences $(sed 's|^|./|' deploy/tools/programs.txt)

step secrets
deploy/tools/secrets.sh

step vulnerabilities
deploy/tools/vulnerabilities.sh

step architecture
go test -count=1 "$module/deploy/archtest/..."
