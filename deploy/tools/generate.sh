#!/usr/bin/env bash
# Makes the Go of the protos, into proto/gen, and the description of the REST
# edge, proto/openapi/openapi.json; or with --check both beside them, to tell
# whether what is committed is what the protos say.
set -euo pipefail
cd "$(dirname "$0")/../.."
deploy/tools/buf.sh
deploy/tools/protos.sh
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
describe() { # the program reads our options by the Go that was just made
  bin/buf build --path proto/aval --as-file-descriptor-set -o - | go run ./deploy/openapi
}
bin/buf generate --output "$tmp"
if [ "${1:-}" = --check ]; then
  diff -r "$tmp/proto/gen" proto/gen || { echo "proto/gen is not what the protos say: run make generate"; exit 1; }
  describe | diff -q - proto/openapi/openapi.json || { echo "proto/openapi is not what the protos say: run make generate"; exit 1; }
  exit 0
fi
mkdir -p proto/gen
rsync -a --delete "$tmp/proto/gen/" proto/gen/ 2>/dev/null || { rm -rf proto/gen && cp -r "$tmp/proto/gen" proto/gen; }
describe >"$tmp/openapi.json"
install -m 0644 "$tmp/openapi.json" proto/openapi/openapi.json
