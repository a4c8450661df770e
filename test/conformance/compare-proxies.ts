// Whether the embedded proxy and Envoy answered alike. Differences as short texts.
import { keyOf, type Verdict } from '../../compiler/index.ts';
import type { Allocation } from '../../runtime/local/allocate.ts';
import type { Observation } from './ask.ts';

/** True if nothing is left to chance: only one instance can answer, and no race decides how a connection fails. */
export function isDetermined({ shares, fault }: Verdict, { instances }: Allocation): boolean {
  const able = instances.filter(({ workload, version }) =>
    shares.some(
      (share) =>
        share.targets.some((target) => target.workload === keyOf(workload)) &&
        (share.subset === '' || share.subset === version),
    ),
  );
  const isRefused = shares.some(({ fate }) => fate.outcome === 'denied' && fate.reason === 'mtls');
  return shares.length < 2 && able.length < 2 && !isRefused && !fault?.abort;
}

/** On a machine with other work a try may take longer than it has: how many there were is then no matter of the proxies. */
export function mayTryAgain({ retries }: Verdict): boolean {
  return (
    retries !== undefined && retries.attempts > 0 && retries.perTryTimeoutMs > 0 && retries.perTryTimeoutMs < 5_000
  );
}

export interface Chances {
  /** False where a draw decides which share answers. */
  readonly isChosen: boolean;
  readonly mayTryAgain: boolean;
}

/** What both proxies must have alike. */
export function betweenProxies(
  embedded: Observation,
  envoy: Observation,
  { isChosen, mayTryAgain }: Chances,
): string[] {
  const found: string[] = [];
  const same = (what: string, a: unknown, b: unknown) => {
    const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
    if (left !== right) found.push(`${what}: embedded ${left}, Envoy ${right}`);
  };
  if (isChosen) same('status', embedded.status, envoy.status);
  if (embedded.status !== envoy.status) return found;
  // By gRPC what is refused by chance has the same status as what is not.
  if (!isChosen && !embedded.seen !== !envoy.seen) return found;
  same('answered by an application', embedded.seen !== undefined, envoy.seen !== undefined);
  // What else a refusal says depends on which of several faults is looked for first.
  if (envoy.status === 400 && !envoy.seen) return found;
  if (isChosen) same('instance', embedded.seen?.instance, envoy.seen?.instance);
  same('path received', embedded.seen?.path, envoy.seen?.path);
  if (isChosen && !embedded.seen && embedded.status !== 0)
    same('body', withoutCause(embedded.body), withoutCause(envoy.body));
  // Else one may have been struck by a fault, which CORS does not apply to.
  if (isChosen || (embedded.seen && envoy.seen))
    same('response headers', responseHeaders(embedded), responseHeaders(envoy));
  const received = (got: Observation) => requestHeaders(got, mayTryAgain);
  if (isChosen) same('headers received', received(embedded), received(envoy));
  return found;
}

/** The reset reason is a text of the network library. */
function withoutCause(body: string): string {
  return body.replace(/^(upstream connect error or disconnect\/reset before headers\.).*/, '$1');
}

/** Made anew for each request, or about the connection. */
const incidental = new Set([
  'date',
  'x-request-id',
  'x-conformance-echo',
  'connection',
  'keep-alive',
  'content-length',
  'transfer-encoding',
]);

function responseHeaders({ headers }: Observation): readonly string[] {
  return Object.entries(headers)
    .filter(([name]) => !incidental.has(name))
    .map(([name, value]) => `${name}: ${value}`)
    .sort();
}

function requestHeaders({ seen }: Observation, mayTryAgain: boolean): readonly string[] | undefined {
  return seen?.headers
    .filter(([name]) => !incidental.has(name) && !(mayTryAgain && name === 'x-envoy-attempt-count'))
    .map(([name, value]) => `${name}: ${withoutAddress(name, value)}`)
    .sort();
}

/** Each mesh has addresses and certificates of its own. */
function withoutAddress(name: string, value: string): string {
  if (name === 'x-forwarded-client-cert') return value.replace(/Hash=[0-9a-f]+/g, 'Hash=…');
  return value.replace(/127\.\d+\.\d+\.\d+/g, '127.…');
}
