#!/usr/bin/env bash
# Builds the web console into the gateway, where Node is there and its sources
# changed since the last time. Without Node says so and fails nothing: the
# gateway then says how to build it. With --must, fails.
set -uo pipefail
cd "$(dirname "$0")/../.."
console=gateway/console
built=gateway/internal/console/dist

lacking() { printf 'the console is not built: %s\n' "$1"; if [ "${must:-}" ]; then exit 1; fi; exit 0; }
if [ "${1:-}" = --must ]; then must=1; fi

command -v npm >/dev/null || lacking "install Node 20 or newer, with npm"

# What the build is made from, in one sum, kept beside it.
sources() {
  find "$console" proto/openapi/openapi.json -type f -not -path '*/node_modules/*' -not -name schema.d.ts -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
}
if [ -e "$built/index.html" ] && [ "$(sources)" = "$(cat "$built/.sources" 2>/dev/null)" ]; then
  exit 0
fi

if [ ! -e $console/node_modules/.package-lock.json ] || [ $console/package-lock.json -nt $console/node_modules/.package-lock.json ]; then
  echo "installing the console's Node packages"
  (cd $console && npm ci --silent) || lacking "npm ci in $console did not succeed"
  touch $console/node_modules/.package-lock.json
fi
echo "building the console"
(cd $console && npm run --silent build -- --logLevel warn) || { echo "the console does not build"; exit 1; }
sources >"$built/.sources"
