#!/usr/bin/env bash
# Fetches the third-party protos into proto/third_party, with checksums. They
# are needed to generate code and to lint, never to build or to run.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=proto/third_party
sums=deploy/tools/protos.sha256
if (cd "$out" 2>/dev/null && sha256sum --quiet --check "$OLDPWD/$sums" >/dev/null 2>&1); then
  exit 0
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

module() { GOWORK=off GOFLAGS=-mod=mod go mod download -json "$1" | sed -n 's/.*"Dir": "\(.*\)",/\1/p'; }

mkdir -p "$out"/buf/validate "$out"/google/api "$out"/google/rpc
(cd "$tmp" && npm pack --silent google-proto-files@5.0.3 >/dev/null && tar -xzf google-proto-files-5.0.3.tgz)
install -m 0644 "$tmp"/package/google/api/{annotations,http,field_behavior}.proto "$out"/google/api/
install -m 0644 "$tmp"/package/google/rpc/{code,status,error_details}.proto "$out"/google/rpc/
install -m 0644 "$(module github.com/bufbuild/protovalidate@v1.2.2)"/proto/protovalidate/buf/validate/validate.proto "$out"/buf/validate/
(cd "$out" && sha256sum --quiet --check "$OLDPWD/$sums")
