#!/usr/bin/env bash
# Compares the protos with those of the newest release tag.
set -euo pipefail
cd "$(dirname "$0")/../.."
tag=$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null || true)
if [ -z "$tag" ]; then
  echo "no release yet: nothing to break"
  exit 0
fi
old=$(mktemp -d)
trap 'rm -rf "$old"' EXIT
git archive "$tag" buf.yaml proto | tar -x -C "$old"
cp -r proto/third_party "$old/proto/"
bin/buf breaking --against "$old"
