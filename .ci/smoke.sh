#!/usr/bin/env bash
# Packs the built package, installs it elsewhere with production dependencies only, and uses it as a stranger would.
set -euo pipefail
PATH="$(.ci/node.sh):$PATH"
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tarball=$(npm pack --silent --ignore-scripts --pack-destination "$work" | tail -n 1)
cd "$work"
npm init -y >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --omit=dev "./$tarball"
npx fairlead --version
npx fairlead check "$root/examples/shop"
npx fairlead compile "$root/examples/shop" --target all -o out
test -s out/istio/shop/virtualservice-shoes.yaml
npx fairlead review --base "$root/examples/shop" --head "$root/examples/shop"
npx fairlead init mesh
node -e "for (const part of ['compiler','webhook','policies','runtime']) import('fairlead/' + part).then((m) => { if (Object.keys(m).length === 0) process.exit(1); })"
