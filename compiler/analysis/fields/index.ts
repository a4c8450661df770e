// The fields that conditions ask about: which of them a connection settles, which dimension each of the others is, their names.
import {
  type ByScope,
  type Clause,
  type Condition,
  type ConditionOf,
  handle,
  handleByScope,
  isAboutRequest,
  matchesString,
  type PeerCondition,
  type Reading,
  type RequestCondition,
  type Table,
} from '../../model/index.ts';
import type { Dimension, RequestParts } from './dimension.ts';
import { headerDimension, queryDimension } from './named.ts';
import { methodDimension } from './method.ts';
import { pathDimension } from './path.ts';

/** What is known before any request: the port it goes to, and as whom. */
export interface Known {
  readonly port: number;
  readonly principal?: string;
  readonly namespace?: string;
}

const dimensions: Table<
  Reading<RequestCondition, 'kind' | 'anyOf' | 'not', { header: 'name'; query: 'name' }>,
  [],
  Dimension
> = {
  path: () => pathDimension,
  method: () => methodDimension,
  header: ({ name }) => headerDimension(name),
  query: ({ name }) => queryDimension(name),
};

export function dimensionOf(condition: RequestCondition): Dimension {
  return handle(dimensions, condition);
}

type Port = Reading<ConditionOf<'port'>, 'kind' | 'anyOf' | 'not'>;

/** Whether a condition holds by what is known, or is open until there is a request. */
const settled: ByScope<[Known], boolean | 'open'> = {
  request: () => 'open',
  port: ({ anyOf, not }: Port, { port }) => anyOf.includes(port) !== not,
  peer: (condition, known) => holdsFor(condition, handle(peerValues, condition, known)),
};

const peerValues: Table<Reading<PeerCondition, 'kind' | 'anyOf' | 'not'>, [Known], readonly string[]> = {
  principal: (_condition, { principal }) => given(principal),
  namespace: (_condition, { namespace }) => given(namespace),
};

/** What a condition about the caller asks of; undefined for a caller without identity. */
export function peerValue(condition: PeerCondition, known: Known): string | undefined {
  return handle(peerValues, condition, known)[0];
}

function given(value: string | undefined): readonly string[] {
  return value === undefined ? [] : [value];
}

/** What is left of a clause when all that is known is settled; undefined if it cannot hold any more. */
export function openConditions(all: Clause['all'], known: Known): readonly RequestCondition[] | undefined {
  if (all.some((condition) => handleByScope(settled, condition, known) === false)) return undefined;
  return all.filter(isAboutRequest);
}

type Peer = Omit<Known, 'port'>;

const asksNoPeer = () => true;
const asksPeer = (condition: PeerCondition, peer: Peer) =>
  holdsFor(condition, handle(peerValues, condition, { port: 0, ...peer }));

const forPeer: Table<Condition, [Peer], boolean> = {
  path: asksNoPeer,
  method: asksNoPeer,
  header: asksNoPeer,
  query: asksNoPeer,
  port: asksNoPeer,
  principal: asksPeer,
  namespace: asksPeer,
};

/** Whether what a condition asks of the caller holds; true for conditions about anything else. */
export function holdsForPeer(condition: Condition, peer: Peer): boolean {
  return handle(forPeer, condition, peer);
}

type TextCondition = Exclude<Condition, { readonly kind: 'port' }>;

/** A value that is not there matches nothing; of several each is tried. */
function holdsFor({ anyOf, not }: TextCondition, values: readonly string[]): boolean {
  return values.some((value) => anyOf.some((match) => matchesString(match, value))) !== not;
}

export function holdsInRequest(condition: RequestCondition, request: RequestParts): boolean {
  return holdsFor(condition, dimensionOf(condition).valuesIn(request));
}
