// What of a fate can be noticed, in one form for all ways of writing it: names of versions and hosts are for people, and what has no
// effect is nothing.
import {
  type CorsPolicy,
  distinctRetryWords,
  type Fault,
  type HeaderEdit,
  type HeaderEdits,
  noHeaderEdits,
  type RetrySettings,
} from '../../model/index.ts';
import type { Share, Verdict } from '../verdict.ts';
import { contentKey } from './content-key.ts';

/** Percent by where it ends, under a key: destinations that come to the same are one, in whatever order they are written. */
export function distribution(shares: readonly Share[]): readonly (readonly [key: string, weight: number])[] {
  const weights = new Map<string, number>();
  for (const share of shares) weights.set(endOf(share), (weights.get(endOf(share)) ?? 0) + share.weight);
  return [...weights].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Equal for shares that end at the same endpoints, and fare alike there; who refuses them cannot be told. */
export function endOf({ targets, fate }: Pick<Share, 'targets' | 'fate'>): string {
  const noticed = targets.map(({ because: _because, ...target }) =>
    target.fate.outcome === 'allowed' ? target : target.fate,
  );
  const ends = [...new Set(noticed.map(contentKey))].sort();
  return contentKey([ends, fate]);
}

/** Each is a copy by itself, if it reaches anybody. */
export function copies(mirrors: readonly Share[]): readonly string[] {
  const reached = mirrors.filter(({ targets }) => targets.some(({ fate }) => fate.outcome === 'allowed'));
  return reached.map((mirror) => contentKey([endOf(mirror), mirror.weight])).sort();
}

type Handling = Pick<Verdict, 'headers' | 'retries' | 'fault' | 'timeoutMs' | 'cors' | 'outcome'>;

/** What somebody can notice of how a request is handled. */
export interface Noticed {
  readonly headers: HeaderEdits;
  readonly retries: RetrySettings | undefined;
  readonly fault: Pick<Fault, 'delay' | 'abort'> | undefined;
  readonly cors: Partial<CorsPolicy> | undefined;
  /** Absent where there is no limit. */
  readonly timeoutMs: number | undefined;
}

export function noticedHandling({
  headers = noHeaderEdits,
  retries,
  fault,
  timeoutMs,
  cors,
  outcome,
}: Handling): Noticed {
  return {
    // What is redirected nobody receives.
    headers: {
      request: lastingEdit(outcome === 'redirect' ? noHeaderEdits.request : headers.request),
      response: lastingEdit(headers.response),
    },
    retries: retries && retries.attempts > 0 ? { ...retries, on: distinctRetryWords(retries.on) } : undefined,
    fault: strikingFault(fault),
    cors: cors && answeredCors(cors, outcome === 'answered'),
    timeoutMs: timeoutMs === 0 ? undefined : timeoutMs,
  };
}

/** Removing comes last (model/route-feature.ts). */
function lastingEdit({ set, add, remove, ...rest }: HeaderEdit): HeaderEdit {
  const kept = (edits: HeaderEdit['set']) =>
    Object.fromEntries(Object.entries(edits).filter(([name]) => !remove.includes(name)));
  return { set: kept(set), add: kept(add), remove: [...new Set(remove)].sort(), ...rest };
}

/** A preflight is told what it may ask; other requests, what their answers may show. */
function answeredCors(cors: CorsPolicy, isPreflight: boolean): Partial<CorsPolicy> {
  const { methods, allowHeaders, maxAgeSeconds, exposeHeaders, credentials } = cors;
  if (!isPreflight) return { exposeHeaders, credentials };
  return { methods, allowHeaders, credentials, ...(maxAgeSeconds !== undefined && { maxAgeSeconds }) };
}

/** What strikes nobody is no fault. */
function strikingFault(fault: Verdict['fault']): Noticed['fault'] {
  const delay = fault?.delay && fault.delay.percentage > 0 && fault.delay.durationMs > 0 ? fault.delay : undefined;
  const abort = fault?.abort && fault.abort.percentage > 0 ? fault.abort : undefined;
  return (delay ?? abort) && { ...(delay && { delay }), ...(abort && { abort }) };
}
