#!/usr/bin/env bash
# Makes deploy/browser runnable: Chromium by apt-get where this may install, the
# Node packages by npm ci. What cannot be had is said, and is no failure: the
# test then skips.
set -uo pipefail
cd "$(dirname "$0")/../browser"

lacking() { printf 'the browser test will be skipped: %s\n' "$1"; exit 0; }
found() { for name in "$@"; do if [ -n "$name" ] && command -v "$name" >/dev/null; then return 0; fi; done; return 1; }

command -v npm >/dev/null || lacking "install Node 20 or newer, with npm"

if ! found "${AVAL_CHROMIUM:-}" chromium chromium-browser google-chrome; then
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || lacking "install Chromium, or name its binary in AVAL_CHROMIUM"
  echo "installing Chromium"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >/dev/null ||
    lacking "apt-get could not install chromium"
fi

if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "installing the browser test's Node packages"
  npm ci --silent || lacking "npm ci in deploy/browser did not succeed"
  touch node_modules/.package-lock.json
fi
