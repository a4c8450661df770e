// What can be noticed of the verdict about one call: by what servers receive of it, where `essence` knows what routes do to any.
import { asSent, forwardedSources, readHeaders, receivedSources } from '../fields/header-source.ts';
import { type Call, outside, type Verdict } from '../verdict.ts';
import { contentKey } from './content-key.ts';
import { essence } from './fate.ts';
import { noticedHandling } from './noticed.ts';

/** Equal for verdicts about the same call that nobody can tell apart. */
export function outcomeKey({ steps: _, ...verdict }: Verdict, call: Pick<Call, 'from' | 'request'>): string {
  const noticed = essence(verdict);
  if (!('headers' in noticed) || !verdict.forwarded) return contentKey(noticed);
  const { response } = noticedHandling(verdict).headers;
  return contentKey({ ...noticed, headers: { request: sentOn(verdict, call), response } });
}

/** The host is told apart, as the authority that is forwarded. */
function sentOn({ headers }: Pick<Verdict, 'headers'>, { from, request }: Pick<Call, 'from' | 'request'>) {
  const edit = headers?.request ?? { set: {}, add: {}, remove: [] };
  const received = receivedSources(asSent, { isEdge: from === outside, scheme: request.scheme });
  const names = [...Object.keys(edit.set), ...Object.keys(edit.add)];
  const {
    host: _host,
    ':authority': _authority,
    ...sent
  } = readHeaders(request.headers, forwardedSources(received, edit), names);
  return sent;
}
