#!/usr/bin/env bash
# Regenerates every golden and fails if that changes a file: a golden is either right or reviewed.
set -euo pipefail
before=$(git status --porcelain)
TAP_SNAPSHOT=1 node .ci/run-tap.mjs compiler/test/golden.test.ts test/examples.test.ts
after=$(git status --porcelain)
if [ "$before" != "$after" ]; then
  echo 'check: goldens were out of date; review and commit:' >&2
  git status --porcelain >&2
  exit 1
fi
