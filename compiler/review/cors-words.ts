// CORS in words: which websites, and what they may. Fates are the same for whichever websites are allowed: only an example knows them.
import { type Fate, noticedHandling } from '../analysis/index.ts';
import { type CorsPolicy, formatDuration, formatMatch, nothingLeft, opensToAll } from '../model/index.ts';
import type { Difference, Severity, Witness } from './review.ts';
import { describeFate } from './words.ts';

/** Stands for the websites until there is an example: nobody can write this character. */
const someOrigins = '\u0000';

/** Of a fate: `\u0000; methods GET; credentials`. */
export function describeCors(cors: Partial<CorsPolicy> | undefined): string {
  if (!cors) return 'none';
  const { kind: _kind, origin: _origin, origins: _origins, methods = [], allowHeaders = [], ...answers } = cors;
  const { exposeHeaders = [], credentials = false, maxAgeSeconds, ...rest } = answers;
  nothingLeft(rest);
  const lists = { methods, headers: allowHeaders, 'exposed headers': exposeHeaders };
  return [
    someOrigins,
    ...Object.entries(lists).flatMap(([name, list]) => (list.length > 0 ? [`${name} ${list.join(', ')}`] : [])),
    ...(credentials ? ['credentials'] : []),
    ...(maxAgeSeconds === undefined ? [] : [`for ${formatDuration(1000 * maxAgeSeconds)}`]),
  ].join('; ');
}

/** What titles say of it. */
export const preflights = 'preflights';

/** What becomes of preflights that the proxy answers in one of the meshes. */
export function answeredOtherwise(a: Fate, b: Fate): Difference & { readonly severity: Severity } {
  const isOpened = isReadByMore(noticedHandling(a).cors, noticedHandling(b).cors);
  return { from: describeAnswer(a), to: describeAnswer(b), severity: isOpened ? 'medium' : 'low' };
}

function describeAnswer(fate: Fate): string {
  const whole = describeFate(fate);
  return fate.outcome === 'answered' ? `${whole}: ${describeCors(noticedHandling(fate).cors)}` : whole;
}

/** Whether pages of a website may read what they could not: an answer, or what one of their visitors gets. */
export function isReadByMore(was: Partial<CorsPolicy> | undefined, is: Partial<CorsPolicy> | undefined): boolean {
  return is !== undefined && (was === undefined || (is.credentials === true && was.credentials !== true));
}

/** `any origin; credentials`, as the example meets it. */
export function withOrigins<C extends Difference>(change: C, { base, head }: Witness): C {
  return { ...change, from: nameOrigins(change.from, base.cors), to: nameOrigins(change.to, head.cors) };
}

function nameOrigins(text: string, cors: CorsPolicy | undefined): string {
  const origins = cors?.origins ?? [];
  const words = origins.some(opensToAll) ? 'any origin' : `origins ${origins.map(formatMatch).join(', ')}`;
  return text.replaceAll(someOrigins, () => words);
}
