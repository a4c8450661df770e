#!/usr/bin/env bash
# Regenerates every golden and fails if that changes a file: a golden is either right or reviewed.
# The cases are regenerated in a copy where everything expected is wrong, so that `make golden` is known to need one run only.
# CI is unset for that one step: rewriting is otherwise refused there, and here the rewritten files are only compared.
set -euo pipefail
cases=compiler/test/golden
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -R "$cases/." "$copy"
# A model that can be read and is another case's: a back end that starts from it writes what cannot be overlooked.
for model in "$copy"/*/model.yaml; do cp "$cases/service-shortest/model.yaml" "$model"; done
for file in "$copy"/*/{istio.yaml,diagnostics.txt,envoy/*.yaml}; do echo '# out of date' >"$file"; done

before=$(git status --porcelain)
env -u CI FAIRLEAD_GOLDEN="$copy" .ci/goldens.sh
after=$(git status --porcelain)
if ! diff -r "$cases" "$copy" >&2 || [ "$before" != "$after" ]; then
  echo 'check: goldens are out of date; run `make golden`, review and commit:' >&2
  git status --porcelain >&2
  exit 1
fi
