// What istioctl warns of although it is meant: as docs/differences.md says.
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
  // Fairlead has warned of it as well.
  { pattern: /\[IST0138\]/, holds: ({ warned }) => warned.includes('FL0519') },
];
