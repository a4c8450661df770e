// Whether extensions, methods that proxies take over HTTP/2 alone, can fare otherwise than all other methods.
import type { Language } from '../automata/language.ts';
import { type Extensions, knownMethods, methodDimension } from '../fields/method.ts';
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
  if (!isNamed && !takesHttp2(decisions)) return undefined;
  return languages.some((language) => language.has('QUERY')) ? 'with QUERY' : 'without QUERY';
}

function takesHttp2(decisions: readonly Decision[]): boolean {
  const queue = new Set(decisions);
  for (const decision of queue) {
    if (decision.kind === 'choice') queue.add(decision.so).add(decision.otherwise);
    else {
      const { shares, mirrors = [] } = bestOf(decision.kind === 'fate' ? decision.fate : decision);
      const targets = [...shares, ...mirrors].flatMap((share) => share.targets);
      if (targets.some(({ endpoint }) => endpoint.protocol === 'HTTP/2')) return true;
    }
  }
  return false;
}
