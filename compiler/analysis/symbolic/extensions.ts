// Whether extensions, methods that proxies take over HTTP/2 alone, can fare otherwise than all other methods.
import { type Extensions, knownMethods, methodDimension } from '../fields/method.ts';
import { announcedBy } from './announced.ts';
import type { Decision } from './choice.ts';
import { bestOf } from './wide.ts';

/** They can where a condition names one; or where any gets through, and conditions are about methods at all. */
export function extensionsIn(decisions: readonly Decision[]): Extensions | undefined {
  const asked = announcedBy(decisions).find(({ dimension }) => dimension === methodDimension);
  const languages = [...(asked?.languages.values() ?? [])].map(({ language }) => language);
  if (languages.length === 0) return undefined;
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
