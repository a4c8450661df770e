// What istioctl warns of although it is meant: as docs/differences.md says.
import { isSelected } from '../../compiler/index.ts';
import type { Plan } from './plan.ts';

export function isExpectedFinding(finding: string, plan: Plan): boolean {
  return expected.some(({ pattern, holds }) => pattern.test(finding) && holds(plan));
}

/** By code: https://istio.io/latest/docs/reference/config/analysis/ */
const expected: readonly { readonly pattern: RegExp; readonly holds: (plan: Plan) => boolean }[] = [
  // Raw objects are their writers' business.
  { pattern: /\[IST0133\] \(EnvoyFilter /, holds: ({ mesh }) => mesh.passthrough.length > 0 },
  // Nobody but those who run it knows the address of a TCP service outside.
  { pattern: /\[IST0134\]/, holds: ({ mesh }) => mesh.services.some(({ addresses }) => addresses.length === 0) },
  // Of a version that no instance has, the verdict tells as well: 503.
  { pattern: /\[IST0173\]/, holds: (plan) => subsetsDefined(plan).some((one) => !hasInstance(plan, one)) },
  // Fairlead has warned of it as well.
  { pattern: /\[IST0138\]/, holds: ({ warned }) => warned.includes('FL0519') },
  { pattern: /\[IST0145\]/, holds: namesHostTwice },
];

/** Where FL0451 tells that gateways share their proxies. */
function namesHostTwice({ index }: Plan): boolean {
  return index.gatewayPorts().some(({ listeners }) => {
    const hosts = listeners.flatMap((listener) => listener.hosts);
    return new Set(hosts).size < hosts.length;
  });
}

interface Version {
  readonly host: string;
  readonly subset: string;
}

function subsetsDefined({ mesh }: Plan): readonly Version[] {
  return mesh.destinationPolicies.flatMap(({ host, subsets }) => subsets.map(({ name }) => ({ host, subset: name })));
}

function hasInstance({ mesh, services }: Plan, { host, subset }: Version): boolean {
  const labels = mesh.destinationPolicies
    .find((one) => one.host === host)
    ?.subsets.find(({ name }) => name === subset)?.labels;
  const pods = services.find(({ service }) => service.hosts.includes(host))?.pods ?? [];
  return labels !== undefined && pods.some((pod) => isSelected(labels, pod.labels));
}
