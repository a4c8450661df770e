// Names that several outputs must agree on, spelt as Istio spells them.

/**
 * Name of the Envoy cluster for one service port and subset, such as `outbound|80|v1|shoes.shop.svc.cluster.local`.
 * Stable across compiles: proxies drain connections when it changes. `subset` is "" when all versions are meant.
 */
export function outboundClusterName(host: string, port: number, subset: string): string {
  return `outbound|${port}|${subset}|${host}`;
}

/** Name of the cluster by which a sidecar reaches its own application, such as `inbound|8080||`. */
export function inboundClusterName(targetPort: number): string {
  return `inbound|${targetPort}||`;
}

/** The SNI of mesh mTLS, as Istio has it: `outbound_.80_.v1_.shoes.shop.svc.cluster.local`. */
export function meshSni(host: string, port: number, subset: string): string {
  return `outbound_.${port}_.${subset}_.${host}`;
}

/** `cluster.local/ns/shop/sa/shoes`: a principal as AuthorizationPolicy has it. With `spiffe://` before it, it is the SPIFFE ID. */
export function principal(trustDomain: string, namespace: string, serviceAccount: string): string {
  return `${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}

/** A principal as certificates carry it: `spiffe://cluster.local/ns/shop/sa/shoes`. */
export function spiffeId(trustDomain: string, namespace: string, serviceAccount: string): string {
  return `spiffe://${principal(trustDomain, namespace, serviceAccount)}`;
}

/** Whose a principal is, also with `spiffe://` before it; undefined for a text that is none. */
export function accountIn(
  principal: string,
): { readonly namespace: string; readonly serviceAccount: string } | undefined {
  const [, namespace, serviceAccount] = /^(?:spiffe:\/\/)?[^/]+\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(principal) ?? [];
  return namespace === undefined || serviceAccount === undefined ? undefined : { namespace, serviceAccount };
}

/** `shoes.shop.svc.cluster.local`. The cluster domain is Kubernetes' default, not the trust domain. */
export function serviceHost(name: string, namespace: string): string {
  return `${name}.${namespace}.svc.cluster.local`;
}

/** The Service that cluster DNS finds by a name that has its namespace in it, such as `shoes.shop`; undefined for other names. */
export function serviceNamed(host: string): { readonly name: string; readonly namespace: string } | undefined {
  const [, name, namespace] = /^([a-z0-9-]+)\.([a-z0-9-]+)(?:\.svc(?:\.cluster\.local)?)?\.?$/.exec(host) ?? [];
  return name === undefined || namespace === undefined ? undefined : { name, namespace };
}

/**
 * The names by which a caller in `callerNamespace` may write a host: all of them for a Kubernetes-style host, itself and its absolute form
 * (with a dot at the end) otherwise. The bare name only works within its own namespace, as cluster DNS has it. A wildcard is no service:
 * `*.shop` would stand for names of others, and a bare `*` for all there are.
 */
export function hostAliases(host: string, callerNamespace: string): readonly string[] {
  const match = /^([^.*]+)\.([^.]+)\.svc\.cluster\.local$/.exec(host);
  const [, name, namespace] = match ?? [];
  const whole = [host, `${host}.`];
  if (name === undefined || namespace === undefined) return whole;
  const qualified = [...whole, `${name}.${namespace}.svc`, `${name}.${namespace}`];
  return namespace === callerNamespace ? [...qualified, name] : qualified;
}

/** True if every name that `narrow` stands for is one of `wide`; either may be `*` or `*.example.com`. */
export function coversHost(wide: string, narrow: string): boolean {
  // What a wildcard stands for is not empty: `*.example.com` does not cover `.example.com`.
  const isUnder = wide.startsWith('*.') && narrow.endsWith(wide.slice(1)) && narrow.length >= wide.length;
  return wide === narrow || wide === '*' || isUnder;
}

/** The narrower of two hosts, either of which may be a wildcard; undefined if they have no name in common. */
export function commonHost(a: string, b: string): string | undefined {
  if (coversHost(a, b)) return b;
  return coversHost(b, a) ? a : undefined;
}

/** What covers a host, the most exact first: `a.b.c`, `*.b.c`, `*.c`, `*`. Envoy looks domains up in this order. */
export function hostsOver(host: string): readonly string[] {
  const labels = host.split('.');
  // What a wildcard stands for is not empty.
  const first = labels[0] === '' ? 2 : 1;
  const wildcards = labels.slice(first).map((_, i) => `*.${labels.slice(i + first).join('.')}`);
  return [...new Set([host, ...wildcards, '*'])];
}

/** Of hosts that cover one, the most exact. */
export function nearestHost(host: string, among: ReadonlySet<string>): string | undefined {
  return hostsOver(host).find((name) => among.has(name));
}
