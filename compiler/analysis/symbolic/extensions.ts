// Whether extensions, methods that proxies take over HTTP/2 alone, can fare otherwise than all other methods.
import type { Language } from '../automata/language.ts';
import { type Extensions, knownMethods, methodDimension } from '../fields/method.ts';
import type { Endpoint } from '../verdict.ts';
import { visitMemberships } from './announced.ts';
import type { Decision } from './choice.ts';
import { bestOf } from './wide.ts';

/** They can where a condition names one; or where any gets through, and conditions are about methods at all. */
export function extensionsIn(decisions: readonly Decision[]): Extensions | undefined {
  const asked = new Map<string, Language>();
  visitMemberships(decisions, (members) => {
    for (const { dimension, language } of members) if (dimension === methodDimension) asked.set(language.key, language);
  });
  if (asked.size === 0) return undefined;
  const languages = [...asked.values()];
  const isNamed = languages.some((language) => !language.or(knownMethods).equals(knownMethods));
  if (!isNamed && !decisions.some((decision) => protocolsOf(decision).has('HTTP/2'))) return undefined;
  return languages.some((language) => language.has('QUERY')) ? 'with QUERY' : 'without QUERY';
}

/** Where one of two decisions sends requests on over HTTP/2 alone, and the other over HTTP/1.1: there they get through, here they do not. */
export function changesExtensions(before: Decision, after: Decision): boolean {
  const [was, is] = [before, after].map((decision) => [...protocolsOf(decision)].sort().join()) as [string, string];
  return was !== '' && is !== '' && was !== is;
}

/** What is spoken to those that requests are sent on to. */
function protocolsOf(decision: Decision): ReadonlySet<NonNullable<Endpoint['protocol']>> {
  const queue = new Set([decision]);
  const found = new Set<NonNullable<Endpoint['protocol']>>();
  for (const one of queue) {
    if (one.kind === 'choice') queue.add(one.so).add(one.otherwise);
    else {
      const { shares, mirrors = [] } = bestOf(one.kind === 'fate' ? one.fate : one);
      const targets = [...shares, ...mirrors].flatMap((share) => share.targets);
      for (const { endpoint } of targets) if (endpoint.protocol !== undefined) found.add(endpoint.protocol);
    }
  }
  return found;
}
