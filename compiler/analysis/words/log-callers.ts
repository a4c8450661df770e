// What a workload answers where nobody says who called: its verdict if all callers have the same one, else whom its rules let in.
import {
  type AuthorizationRule,
  type Condition,
  fieldScope,
  keyOf,
  type MeshIndex,
  type Workload,
} from '../../model/index.ts';
import type { RequestParts } from '../fields/dimension.ts';
import { type Peer, residualAccess } from '../place/access.ts';
import { callerOfWorkload } from '../place/caller.ts';
import { fitOf } from '../place/misfit.ts';

interface Asked {
  readonly workload: Workload;
  readonly targetPort: number;
  readonly request: RequestParts;
  /** How a refusal is answered. */
  readonly refusal: string;
}

/** Undefined where the caller makes no difference. */
export function describeByCaller(
  index: MeshIndex,
  { workload, targetPort, request, refusal }: Asked,
): string | undefined {
  const fits = (rule: AuthorizationRule, peer?: Peer) => {
    const isTold = (condition: Condition) => peer !== undefined || fieldScope[condition.kind] !== 'peer';
    return fitOf(rule, { known: { ...peer, port: targetPort }, request, isHttp: true, isTold }).fit;
  };
  const rules = index
    .authorizationOf(workload)
    .flatMap((policy) => policy.rules.map((rule) => ({ rule, action: policy.action, fit: fits(rule) })))
    .sort((a, b) => (a.rule.name < b.rule.name ? -1 : 1));
  const of = (action: 'ALLOW' | 'DENY', fit: 'holds' | 'open') =>
    rules.filter((one) => one.action === action && one.fit === fit);
  const { otherwise } = residualAccess(index, workload, {}, { targetPort, isHttp: true });
  const [allowing] = of('ALLOW', 'holds');
  const isAllowedElse = allowing !== undefined || otherwise.isAllowed;
  const open = [...of('DENY', 'open'), ...(isAllowedElse ? [] : of('ALLOW', 'open'))];
  const isEverDecided = isAllowedElse ? open.length > 0 : of('ALLOW', 'open').length > 0;
  if (of('DENY', 'holds').length > 0 || !isEverDecided) return undefined;
  const told = open.slice(0, shown).map(({ rule, action }) => {
    const callers = index.mesh.workloads.filter((one) => fits(rule, peerOf(index, one)) === 'holds').map(keyOf);
    return `rule ${rule.name} ${action === 'ALLOW' ? 'allows' : 'denies'} ${listed(callers)}`;
  });
  const more = open.length > shown ? [`${open.length - shown} more rules ask who calls`] : [];
  const last = allowing ? `allowed by rule ${allowing.rule.name}` : otherwise.text;
  const others = `others are ${isAllowedElse ? 'allowed' : `denied (${refusal})`}: ${last}`;
  return `it depends on the caller, which --from tells: ${[...told, ...more, others].join('; ')}`;
}

/** As many rules, and as many callers of each. */
const shown = 5;

function listed(callers: readonly string[]): string {
  if (callers.length === 0) return 'no caller that the intent has';
  const more = callers.length > shown ? ` and ${callers.length - shown} more` : '';
  return `${callers.slice(0, shown).join(', ')}${more}`;
}

function peerOf(index: MeshIndex, workload: Workload): Peer {
  const { principal, namespace } = callerOfWorkload(index, workload);
  return principal === undefined ? {} : { principal, namespace };
}
