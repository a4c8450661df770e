// The one line that says what a row is about.
import { type Fate, lettingInAlone, reaches, unmeshed } from '../analysis/index.ts';
import type { MeshIndex } from '../model/index.ts';
import { hasSidecar } from '../model/index.ts';
import type { Finding } from './compare.ts';
import { preflights } from './cors-words.ts';
import { copiesByTls, copiesWord } from './copy-changes.ts';
import { answer } from './fate-changes.ts';
import type { Exposed } from './exposed-traffic.ts';
import type { Meshes } from './proof.ts';
import { describeWithExceptions } from './wildcard-exceptions.ts';
import { describeCallers, nameGateways } from './words.ts';

interface Concerned {
  readonly callers: readonly string[];
  readonly destinations: readonly string[];
  readonly gateways: readonly string[];
}

export function titleOf({ base, head }: Meshes, finding: Finding, concerned: Concerned): string {
  const { callers, destinations, gateways } = concerned;
  const { change, comparison } = finding;
  const where = `${spokenBy(comparison)}${partOf(finding)}`;
  const through = gateways.length > 0 ? ` through ${nameGateways(gateways)}` : '';
  const who = `${describeCallers(callers, change.effect === 'lost' ? base : head)}${through}`;
  const whom = describeWithExceptions([base, head], callers, destinations);
  const is = change.effect === 'gained' ? 'newly' : 'no longer';
  switch (change.kind) {
    case 'access':
      return `${who} may ${is} call ${whom}${where}`;
    case 'egress':
      return `${who} may ${is} call ${whom}${where}, outside the mesh`;
    case 'exposure':
      return `${whom} ${destinations.length > 1 ? 'are' : 'is'} ${is} open to the outside${through}${where}`;
    case 'mtls':
      return mtlsTitle([base, head], finding, callers, { who, whom });
    case 'traffic':
      return `calls from ${who} to ${whom} ${howTheyMove(change)}`;
    case 'behavior':
      return change.about === preflights
        ? `CORS preflights from ${who} to ${whom} ${isAnswered(finding) ? 'are answered by the proxy' : 'are sent on'}`
        : `calls from ${who} to ${whom} are ${handledDifferently(finding)}`;
    case 'settings':
    case 'tests':
    case 'inventory':
      return `calls from ${who} to ${whom} are ${handledDifferently(finding)}`;
  }
}

/** Where TLS and plain text may fare differently. */
function spokenBy({ request, gateway, isBesideTls }: Finding['comparison']): string {
  if (gateway !== undefined) return '';
  return isBesideTls ? ' in plain text' : request.scheme === 'https' ? ' by TLS' : '';
}

function mtlsTitle(
  meshes: readonly MeshIndex[],
  finding: Finding,
  callers: readonly string[],
  { who, whom }: { readonly who: string; readonly whom: string },
): string {
  const { change, comparison } = finding;
  if (change.about?.startsWith(copiesByTls)) return `calls from ${who} to ${whom} are copied ${wayTo(finding)}`;
  const [before, after] = meshes.map((index) => modes(index, comparison.host, comparison.request.port));
  if (before !== after) return `mTLS of ${whom} is ${after || 'gone'}, was ${before || 'none'}`;
  const isServed = reaches(finding.base) && reaches(finding.head);
  if (isServed) return `calls from ${who} to ${whom} go on ${wayTo(finding)}`;
  const what = callers.includes(unmeshed) ? `plain text to ${whom} is` : `connections from ${who} to ${whom} are`;
  if (change.effect === 'changed') return `${what} ${otherwiseRefused}`;
  return `${what} ${change.effect === 'gained' ? 'newly' : 'no longer'} accepted${partOf(finding)}`;
}

/** How the caller's proxy speaks to a target that it spoke to otherwise. */
function wayTo({ change: { to } }: Finding): string {
  return ways[to as Tls];
}

type Tls = Fate['shares'][number]['targets'][number]['tls'];

const ways: Readonly<Record<Tls, string>> = { plain: 'in plain text', mutual: 'by mutual TLS', simple: 'by TLS' };

/** Where requests get through in one mesh only, and there not everywhere; or the one of those behind a host that changes its mind. */
export function partOf({ change: { effect, about, part }, base, head }: Finding): string {
  if (effect === 'changed') return '';
  if (part !== undefined) return ` with ${part}`;
  if (about !== undefined) return ` at ${about}`;
  const lettingIn = lettingInAlone(effect === 'lost' ? base : head);
  return lettingIn === undefined ? '' : ` at ${lettingIn} alone`;
}

const moves: Readonly<Record<string, string>> = {
  destination: 'go elsewhere',
  split: 'are split otherwise',
  copies: 'are copied otherwise',
  instances: 'reach other instances',
  workloads: 'reach other workloads',
  port: 'reach another port',
  protocol: 'are sent on in another protocol',
  'server name': 'name another server',
};

const exposures: Readonly<Record<Exposed, readonly [requests: string, copies: string]>> = {
  'out of the mesh': ['leave the mesh', 'are copied out of the mesh'],
  'to any address': ['reach any address', 'are copied to any address'],
  'in plain text': ['go on in plain text', 'are copied in plain text'],
};

function howTheyMove({ about = '', exposed }: Finding['change']): string {
  const [first = ''] = about.split(', ');
  if (exposed) return exposures[exposed][first === copiesWord ? 1 : 0];
  return moves[first] ?? 'go elsewhere';
}

const answeredOtherwise = 'answered otherwise';
const otherwiseRefused = 'still refused, in another way';

function handledDifferently({ change: { about }, base, head }: Finding): string {
  if (about === undefined) {
    if ([base, head].some(reaches)) return 'handled differently';
    return [base, head].every(({ outcome }) => outcome === 'denied' || outcome === 'unavailable')
      ? otherwiseRefused
      : answeredOtherwise;
  }
  return about === answer ? answeredOtherwise : `handled differently: ${about}`;
}

function isAnswered({ head }: Finding): boolean {
  return head.outcome === 'answered';
}

/** What the workloads behind a service's port demand, such as `STRICT`. */
function modes(index: MeshIndex, host: string, number: number): string {
  const service = index.serviceByHost.get(host);
  const port = service?.ports.find((p) => p.number === number);
  if (!service || !port) return '';
  const found = index.workloadsOf(service).map((w) => (hasSidecar(w) ? index.mtlsOf(w, port.targetPort).mode : 'none'));
  return [...new Set(found)].sort().join(' and ');
}
