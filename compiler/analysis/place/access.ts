// Access control in two steps: first what can be settled without the request (who calls, which port), then the conditions on it.
// The concrete evaluator and the symbolic engine share the first step and differ only in the second.
import {
  type AccessAction,
  type AuthorizationPolicy,
  type AuthorizationRule,
  type MeshIndex,
  type Origin,
  type RequestCondition,
  type Workload,
  allowsByDefault,
  placeOfSetting,
} from '../../model/index.ts';
import { asksOfRequest, fitOf, type Seen } from './misfit.ts';
import { holdsForPeer, holdsInRequest, type Known, openConditions } from '../fields/index.ts';
import type { RequestParts } from '../fields/dimension.ts';

/** Who the server sees; `principal` is absent where the connection is not mutual TLS. */
export type Peer = Omit<Known, 'port'>;

export interface ResidualRule {
  readonly rule: AuthorizationRule;
  /** Each must hold, which it does if one of its alternatives does; one without conditions always does. */
  readonly parts: readonly Alternatives[];
}

export interface ResidualAccess {
  /** Both in the order in which Envoy tries them: of several that match, its log names the first. */
  readonly deny: readonly ResidualRule[];
  readonly allow: readonly ResidualRule[];
  /** What decides when no rule matches. */
  readonly otherwise: { readonly isAllowed: boolean; readonly text: string; readonly origin?: Origin };
  /** All rules that could have allowed it, and what was known of the caller when they were asked. */
  readonly allowing: readonly AuthorizationRule[];
  readonly known: Known;
  readonly isHttp: boolean;
}

/** Each of conditions that must all hold. */
type Alternatives = readonly (readonly RequestCondition[])[];

interface ServedPort {
  readonly targetPort: number;
  readonly isHttp: boolean;
}

/** Every request to a workload asks for it, with few callers. By workload, and what is known of the caller and the port. */
const knownAccess = new WeakMap<MeshIndex, WeakMap<Workload, Map<string, ResidualAccess>>>();
const knownLimit = 100;

/** The rules of a workload that this peer can meet on this port. */
export function residualAccess(index: MeshIndex, workload: Workload, peer: Peer, port: ServedPort): ResidualAccess {
  const ofIndex = knownAccess.get(index) ?? new WeakMap<Workload, Map<string, ResidualAccess>>();
  knownAccess.set(index, ofIndex);
  const known = ofIndex.get(workload) ?? new Map<string, ResidualAccess>();
  ofIndex.set(workload, known);
  const key = `${port.targetPort} ${port.isHttp} ${peer.namespace} ${peer.principal}`;
  const made = known.get(key) ?? residueOf(index, workload, peer, port);
  if (known.size >= knownLimit) known.clear();
  known.set(key, made);
  return made;
}

function residueOf(index: MeshIndex, workload: Workload, peer: Peer, port: ServedPort): ResidualAccess {
  const policies = index.authorizationOf(workload);
  const residue: Record<AccessAction, ResidualRule[]> = { DENY: [], ALLOW: [] };
  for (const { action, rules } of policies) {
    for (const rule of rules) {
      const parts = port.isHttp ? openParts(rule, peer, port) : onTcp[action](rule, peer, port);
      if (parts.every((alternatives) => alternatives.length > 0)) residue[action].push({ rule, parts });
    }
  }
  return {
    deny: residue.DENY.sort(byName),
    allow: residue.ALLOW.sort(byName),
    otherwise: defaultAccess(index, policies),
    allowing: policies.filter(({ action }) => action === 'ALLOW').flatMap(({ rules }) => rules),
    known: { ...peer, port: port.targetPort },
    isHttp: port.isHttp,
  };
}

/** Envoy keeps the rules of a filter by name. */
function byName(a: ResidualRule, b: ResidualRule): number {
  return a.rule.name < b.rule.name ? -1 : 1;
}

/** Who calls, what is asked for, and what must hold besides. One that cannot hold has no alternatives. */
function openParts({ from, to, when }: AuthorizationRule, peer: Peer, port: ServedPort): ResidualRule['parts'] {
  const known: Known = { ...peer, port: port.targetPort };
  const besides = openConditions(when, known);
  const open = (clauses: AuthorizationRule['from']): Alternatives => {
    const found = clauses.flatMap((clause) => {
      const left = openConditions(clause.all, known);
      return left ? [left] : [];
    });
    // Who calls is mostly settled by now: then one source is as good as all.
    return found.some((conditions) => conditions.length === 0) ? [[]] : found;
  };
  return [open(from), open(to), besides ? [besides] : []];
}

/** On TCP an ALLOW rule with conditions on the request is dropped whole; a DENY rule loses just those (semantics.md, callee 3). */
const onTcp: Record<AccessAction, (rule: AuthorizationRule, peer: Peer, port: ServedPort) => ResidualRule['parts']> = {
  ALLOW: (rule, peer, port) => (asksOfRequest(rule) ? [[]] : openParts(rule, peer, port)),
  DENY: (rule, peer, port) => openParts(rule, peer, port).map((alternatives) => alternatives.map(() => [])),
};

function defaultAccess(index: MeshIndex, policies: readonly AuthorizationPolicy[]): ResidualAccess['otherwise'] {
  const allow = policies.find((policy) => policy.action === 'ALLOW');
  if (allow) {
    return {
      isAllowed: false,
      text: `no rule allows it (policy ${allow.namespace}/${allow.name})`,
      origin: allow.origin,
    };
  }
  if (!allowsByDefault(index.mesh.settings)) {
    return {
      isAllowed: false,
      text: 'no rule allows it, and the mesh denies by default',
      origin: placeOfSetting(index.mesh, 'accessDefault'),
    };
  }
  return { isAllowed: true, text: 'no access rule is about it, and the mesh allows by default' };
}

/** Equal for peers that no clause of the rule tells apart. */
export function peerSignature({ from, to, when }: AuthorizationRule, peer: Peer): string {
  return [...from.map((clause) => clause.all), ...to.map((clause) => clause.all), when]
    .map((conditions) => (conditions.every((condition) => holdsForPeer(condition, peer)) ? '1' : '0'))
    .join('');
}

export interface AccessDecision {
  readonly isAllowed: boolean;
  /** Where no rule allows it: each that could have, and why it does not. */
  readonly tried: readonly TriedRule[];
  readonly text: string;
  readonly origin?: Origin;
}

export interface TriedRule {
  readonly text: string;
  readonly origin: Origin;
}

const rulesShown = 8;

/** Why none of some rules matches, the first of them one by one. */
export function whyNot(rules: readonly AuthorizationRule[], seen: Seen): readonly TriedRule[] {
  const told = rules.slice(0, rulesShown).flatMap((rule): readonly TriedRule[] => {
    const fit = fitOf(rule, seen);
    const words = { holds: 'matches it', open: 'may match it', misses: 'does not match it' }[fit.fit];
    const why = fit.fit === 'holds' ? '' : `: ${fit.why}`;
    return [{ text: `rule ${rule.name} ${words}${why}`, origin: rule.origin }];
  });
  const [next] = rules.slice(rulesShown);
  const more = `nor does any of ${rules.length - rulesShown} more rules`;
  return next ? [...told, { text: more, origin: next.origin }] : told;
}

/** Decides one request as the server receives it, its path normalized. */
export function decideAccess(access: ResidualAccess, request: RequestParts): AccessDecision {
  const holds = ({ parts }: ResidualRule) =>
    parts.every((alternatives) =>
      alternatives.some((conditions) => conditions.every((condition) => holdsInRequest(condition, request))),
    );
  const denying = access.deny.find(holds);
  if (denying)
    return { isAllowed: false, tried: [], text: `denied by rule ${denying.rule.name}`, origin: denying.rule.origin };
  const allowing = access.allow.find(holds);
  if (allowing)
    return { isAllowed: true, tried: [], text: `allowed by rule ${allowing.rule.name}`, origin: allowing.rule.origin };
  const { otherwise, known, isHttp } = access;
  const tried = otherwise.isAllowed ? [] : whyNot(access.allowing, { known, request, isHttp, isTold: () => true });
  return { ...otherwise, tried };
}
