// What a row says but for who calls whom: two that say the same of other callers and hosts are one change.
import { meantBy, type ReviewRow } from './review.ts';
import { shortHost, splitDestination } from './words.ts';

/** All but the callers, the gateways, the requests, and under which name the host stands in what it was or is. */
export function wordsOf(row: ReviewRow): string {
  const { kind, effect, severity, about, title } = row;
  const meant = meantBy(row).map((text) => text && withoutHost(text, row));
  return JSON.stringify([kind, effect, severity, about, meant, predicateOf(title)]);
}

/** Nobody can write this character. */
const someHost = '\u0000';

/** `v1 90% of shoes.shop` is the same of every host; of several, each has its own. */
function withoutHost(text: string, { destinations }: ReviewRow): string {
  const [host, ...others] = new Set(destinations.map((one) => shortHost(splitDestination(one).host)));
  if (host === undefined || host === '' || others.length > 0) return text;
  return text
    .split(/([\s,;]+)/)
    .map((word) => (word === host ? someHost : word))
    .join('');
}

/** `are split otherwise`, `by TLS, once declared in uses`: what a title says behind the hosts that it names. */
function predicateOf(title: string): string {
  return title
    .replace(/^.*(:\d+\b|\band \d+ more\b|\bany other host\b)/, '')
    .replace(/ through gateways? [^\s,]+(, [^\s,]+)*/, '')
    .replace(/, in \d+ ways/, '')
    .replace(/^ are /, ' is ');
}
