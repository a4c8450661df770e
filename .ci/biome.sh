#!/usr/bin/env bash
# Runs Biome (lint and format), fetched once through npm into the tool cache. Not a dependency of the project: its package names
# binaries for platforms that not every registry mirror has, and `npm ci` would then fail for everybody.
set -euo pipefail
version=2.6.8
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) package=cli-linux-x64 ;;
  Linux-aarch64) package=cli-linux-arm64 ;;
  Darwin-arm64) package=cli-darwin-arm64 ;;
  Darwin-x86_64) package=cli-darwin-x64 ;;
  *) echo "fairlead: there is no Biome for $(uname -sm)" >&2; exit 1 ;;
esac
cache="${FAIRLEAD_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/fairlead}/biome-$version"
biome="$cache/node_modules/@biomejs/$package/biome"
if [ ! -x "$biome" ]; then
  mkdir -p "$cache"
  npm install --silent --no-audit --no-fund --no-save --force --prefix "$cache" "@biomejs/$package@$version" >&2
fi
exec "$biome" "$@"
