// The witness of a finding, tried on both meshes: a row that `decide` does not bear out must never be shown.
import {
  type Call,
  decide,
  type DecideOptions,
  findHost,
  findWitness,
  formatRequest,
  outcomeKey,
  type Step,
  TooWide,
  type Verdict,
} from '../analysis/index.ts';
import { hostAliases, isHttpMethod, type MeshIndex, type Origin } from '../model/index.ts';
import type { Finding } from './compare.ts';
import { changeText } from './words.ts';
import { callIn, type PlacedText, type RowKind, type Witness } from './review.ts';

export interface Meshes {
  readonly base: MeshIndex;
  readonly head: MeshIndex;
}

/** Of one review: rows are put together anew when a host turns out to be too wide, and what was found for the others stays. */
const proofs = new WeakMap<Finding, Witness | 'none'>();

/** With the routes that it passes on its way, for people. */
export function toldInFull(meshes: Meshes, witness: Witness): Witness {
  return { ...witness, ...decideBoth(meshes, witness) };
}

function decideBoth({ base, head }: Meshes, sent: Sent, options: DecideOptions = {}): Pick<Witness, 'base' | 'head'> {
  return { base: decide(base, callIn('base', sent), options), head: decide(head, callIn('head', sent), options) };
}

type Sent = Pick<Witness, 'call' | 'earlierGateway'>;

/** Undefined where the finding holds for no request after all: its paths lie outside those that differ. */
export function prove(meshes: Meshes, finding: Finding): Witness | undefined {
  const known = proofs.get(finding) ?? findProof(meshes, finding) ?? 'none';
  proofs.set(finding, known);
  return known === 'none' ? undefined : known;
}

/** A finding that no request bears out, which is a mistake of ours. Nobody then knows what becomes of requests to that host. */
export class Contradiction extends Error {
  readonly space: object;

  constructor({ space, change }: Finding, witness = 'any request') {
    super(`a mistake in Fairlead: it says of ${witness} that it changes (${changeText(change)}), but it does not`);
    this.name = 'Contradiction';
    this.space = space;
  }
}

function findProof(meshes: Meshes, finding: Finding): Witness | undefined {
  const parts = findWitness(finding.space, finding.cubes(), finding.within);
  if (!parts) return undefined;
  const [from = ''] = finding.callers;
  const { request, gateway } = finding.comparison;
  const isTcp = request.scheme === 'tcp';
  const isExtension = !isTcp && !isHttpMethod(parts.method);
  const earlier = gateway && gateway.base !== gateway.head ? { earlierGateway: gateway.base } : {};
  const hosts = request.host === finding.comparison.host ? namesOf(meshes, request.host, from) : [request.host];
  // What a route writes may be the very name that was asked, and another name tells the difference.
  for (const host of hosts) {
    const call: Call = {
      from,
      request: { ...request, host, method: isTcp ? '' : parts.method, path: parts.path, headers: parts.headers },
      ...(gateway && { gateway: gateway.head }),
      ...(isExtension && { version: 'HTTP/2' }),
    };
    const sent = { call, ...earlier };
    const { base, head } = decideBoth(meshes, sent, { isBrief: true });
    if (outcomeKey(base, call) === outcomeKey(head, call)) continue;
    return { ...sent, text: `${formatRequest(call.request)}${isExtension ? ' over HTTP/2' : ''}`, base, head };
  }
  // Parts of a split that is compared one target at a time may make up for each other: then nobody knows.
  if (finding.aspect !== 'whole') throw new TooWide('split', finding.space);
  throw new Contradiction(finding, formatRequest({ ...request, ...parts }));
}

/** By which people call a service, the shortest first; those that mean the same in both meshes, or nothing in one. */
function namesOf({ base, head }: Meshes, host: string, from: string): readonly string[] {
  const namespace = from.includes('/') ? from.slice(0, from.indexOf('/')) : '';
  const names = [...hostAliases(host, namespace)].sort((a, b) => a.length - b.length);
  const services = [base, head].map((index) => index.serviceByHost.get(host));
  const isSame = (name: string) =>
    [base, head].every((index, i) => {
      const found = findHost(index, name, namespace);
      return found ? found.host === host : services[i] === undefined && (!name.includes('.') || name.endsWith('.svc'));
    });
  return [...new Set([...names.filter(isSame), host])];
}

/** The steps of one verdict that the other does not have: where the difference is written. What decided last comes first. */
export function decidingPlaces(mine: Verdict, other: Verdict, kind: RowKind): PlacedText[] {
  const placed = mine.steps.filter((step) => step.origin !== undefined).reverse();
  const theirs = new Set(other.steps.filter(isNotSkipped).map((step) => step.text));
  const own = placed.filter((step) => isNotSkipped(step) && !theirs.has(step.text));
  const rank = ({ about }: Verdict['steps'][number]) => (about === 'access' ? 0 : 1);
  const telling = kind === 'mtls' ? own : own.filter(({ about }) => about !== 'tls').sort((a, b) => rank(a) - rank(b));
  const routes = placed.filter(({ about }) => about === 'route').slice(0, 1);
  const chosen = [telling, own, routes, placed.slice(0, 1)].find((list) => list.length > 0) ?? [];
  return unique(chosen.flatMap(({ text, origin }) => (origin ? [{ text, origin }] : [])));
}

function isNotSkipped({ about }: Step): boolean {
  return about !== 'skipped';
}

function unique(places: readonly PlacedText[]): PlacedText[] {
  const key = ({ text, origin }: { text: string; origin: Origin }) => `${origin.file} ${origin.start.line} ${text}`;
  return [...new Map(places.map((place) => [key(place), place])).values()];
}
