// What is outside is played by stand-ins on loopback, which have no certificate that the system's roots would vouch for:
// TLS that callers' proxies originate towards them is left out, so that a request gets there as it would get to the real host.
import { type DestinationPolicy, type Mesh, originatesTls } from '../../compiler/index.ts';

/** The same policy gives the same one each time: what a commit does not change stays unchanged for the back end. */
const replaced = new WeakMap<DestinationPolicy, DestinationPolicy>();

export function withoutOriginatedTls(mesh: Mesh): Mesh {
  if (!mesh.destinationPolicies.some(originatesTls)) return mesh;
  return {
    ...mesh,
    destinationPolicies: mesh.destinationPolicies.map((one) => (originatesTls(one) ? inPlain(one) : one)),
  };
}

/** Hosts towards which it is left out. */
export function hostsInPlain(mesh: Mesh): ReadonlySet<string> {
  return new Set(mesh.destinationPolicies.filter(originatesTls).map(({ host }) => host));
}

function inPlain(policy: DestinationPolicy): DestinationPolicy {
  const known = replaced.get(policy);
  if (known) return known;
  const features = policy.features.map((feature) =>
    feature.kind === 'UpstreamTls'
      ? ({ kind: 'UpstreamTls', origin: feature.origin, mode: 'DISABLE' } as const)
      : feature,
  );
  const made = { ...policy, features };
  replaced.set(policy, made);
  return made;
}
