#!/usr/bin/env bash
# Puts the pinned buf into bin/: the prebuilt binary that its npm package
# carries, else a build from source (minutes).
set -euo pipefail
cd "$(dirname "$0")/../.."
version=1.75.0
if [ "$(bin/buf --version 2>/dev/null)" = "$version" ]; then
  exit 0
fi
mkdir -p bin
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) package=buf-linux-x64 ;;
  Linux-aarch64) package=buf-linux-aarch64 ;;
  Darwin-arm64) package=buf-darwin-arm64 ;;
  Darwin-x86_64) package=buf-darwin-x64 ;;
  *) package= ;;
esac
if [ -n "$package" ] && command -v npm >/dev/null; then
  tmp=$(mktemp -d)
  trap 'rm -rf "$tmp"' EXIT
  if (cd "$tmp" && npm pack --silent "@bufbuild/$package@$version" >/dev/null && tar -xzf ./*.tgz); then
    install -m 0755 "$tmp/package/bin/buf" bin/buf
    exit 0
  fi
fi
GOWORK=off GOBIN="$PWD/bin" go install "github.com/bufbuild/buf/cmd/buf@v$version"
