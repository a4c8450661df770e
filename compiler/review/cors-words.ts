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

/** What becomes of a preflight. */
export function describeAnswer(fate: Fate): string {
  const whole = describeFate(fate);
  return fate.outcome === 'answered' ? `${whole}: ${describeCors(noticedHandling(fate).cors)}` : whole;
}

/** `any origin; credentials`, as the example meets it; that every website may ask in the name of its visitors is no small thing. */
export function withOrigins<C extends Difference & { readonly severity: Severity }>(
  change: C,
  { base, head }: Witness,
): C {
  const [from, to] = [nameOrigins(change.from, base.cors), nameOrigins(change.to, head.cors)];
  const isAboutCors = from !== change.from || to !== change.to;
  const isOpened = isAboutCors && isOpenToAnybody(head.cors) && !isOpenToAnybody(base.cors);
  return { ...change, from, to, severity: isOpened && change.severity === 'low' ? 'medium' : change.severity };
}

function nameOrigins(text: string, cors: CorsPolicy | undefined): string {
  const origins = cors?.origins ?? [];
  const words = origins.some(opensToAll) ? 'any origin' : `origins ${origins.map(formatMatch).join(', ')}`;
  return text.replaceAll(someOrigins, () => words);
}

function isOpenToAnybody(cors: CorsPolicy | undefined): boolean {
  return (cors?.credentials && cors.origins.some(opensToAll)) ?? false;
}
