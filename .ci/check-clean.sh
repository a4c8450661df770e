#!/usr/bin/env bash
# Regenerates every golden and fails if that changes a file: a golden is either right or reviewed. Arguments: the tests that write them.
# CI is unset for that one step: rewriting is otherwise refused there, and here the rewritten files are only compared.
set -euo pipefail
before=$(git status --porcelain)
env -u CI TAP_SNAPSHOT=1 node .ci/run-tap.mjs "$@"
after=$(git status --porcelain)
if [ "$before" != "$after" ]; then
  echo 'check: goldens were out of date; review and commit:' >&2
  git status --porcelain >&2
  exit 1
fi
