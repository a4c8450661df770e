#!/usr/bin/env bash
# Rewrites every golden, in two steps: back ends start from the model.yaml that the front end writes, and tap runs files side by side.
# FAIRLEAD_GOLDEN names another folder of cases than compiler/test/golden.
set -uo pipefail
export TAP_SNAPSHOT=1
front=(compiler/test/golden.test.ts)
behind=(compiler/test/*-golden.test.ts compiler/test/catalogue.test.ts test/examples.test.ts test/docs*.test.ts)
status=0
node .ci/run-tap.mjs "${front[@]}" || status=1
node .ci/run-tap.mjs "${behind[@]}" || status=1
exit $status
