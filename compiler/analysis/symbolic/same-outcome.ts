// Of two fates that say different things: of which requests these come to the same. Removing a header is nothing to who does not send it.
import { regexLanguage } from '../automata/regex-language.ts';
import { asSent, type Receiver, receivedSources } from '../fields/header-source.ts';
import { headerDimension } from '../fields/named.ts';
import type { Fate } from './fate.ts';
import { sourceIsIn } from './header-preimage.ts';
import { all, always, never, not, type Predicate } from './predicate-terms.ts';
import { isSentAlike } from './sent-alike.ts';

/** Some of the requests, and the two fates with what comes to the same for these alike. */
export interface Part {
  readonly when: Predicate;
  readonly base: Fate;
  readonly head: Fate;
}

/** Disjoint, and all requests together. `receiver` is the proxy that the requests meet first. */
export function partsOf(base: Fate, head: Fate, receiver: Receiver): readonly Part[] {
  return schemeParts({ when: always, base, head }, receiver).flatMap((part) => headerParts(part, receiver));
}

/** A redirect without a scheme has that of the request: the connection's, or what x-forwarded-proto says. */
function schemeParts({ when, base, head }: Part, receiver: Receiver): readonly Part[] {
  const [was, is] = [base.redirect, head.redirect];
  if (!was || !is || (was.scheme === undefined) === (is.scheme === undefined)) return [{ when, base, head }];
  const scheme = was.scheme ?? is.scheme;
  const isAnyway = schemeIs(scheme, receiver);
  const plain = (fate: Fate): Fate => {
    const { scheme: _, ...redirect } = fate.redirect ?? {};
    return { ...fate, redirect };
  };
  return split({ when, base, head }, isAnyway, { base: plain(base), head: plain(head) });
}

function schemeIs(scheme: string | undefined, receiver: Receiver): Predicate {
  const name = 'x-forwarded-proto';
  const source = receivedSources(asSent, receiver)(name);
  const says = (value: string) => sourceIsIn(source, regexLanguage(`(?i)${value}`), headerDimension(name));
  // What is neither counts for nothing.
  if (scheme !== receiver.scheme) return says(scheme ?? '');
  return not(says(scheme === 'https' ? 'http' : 'https'));
}

/** What servers receive counts, not what routes do to it. */
function headerParts(part: Part, receiver: Receiver): readonly Part[] {
  const { base, head } = part;
  const [was, is] = [base.headers, head.headers];
  if (!was || !is || !base.forward || !head.forward) return [part];
  return split(part, isSentAlike(was.request, is.request, receiver), {
    base,
    head: { ...head, headers: { ...is, request: was.request } },
  });
}

function split({ when, ...fates }: Part, isSame: Predicate, alike: Omit<Part, 'when'>): readonly Part[] {
  return [
    { when: all([when, isSame]), ...alike },
    { when: all([when, not(isSame)]), ...fates },
  ].filter((part) => part.when !== never);
}
