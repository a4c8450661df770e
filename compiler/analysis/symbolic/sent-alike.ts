// Which requests two routes send on with the same headers, whatever each of them does to headers.
import { type HeaderEdit, joinedHeaders, joinHeader } from '../../model/index.ts';
import { type Language, words } from '../automata/language.ts';
import { absent } from '../fields/dimension.ts';
import {
  asSent,
  forwardedSources,
  type HeaderSource,
  type Receiver,
  receivedSources,
} from '../fields/header-source.ts';
import { optionalLanguage } from '../fields/match-language.ts';
import { headerDimension } from '../fields/named.ts';
import { contentKey } from './content-key.ts';
import { sourceIsIn } from './header-preimage.ts';
import { all, always, never, not, type Predicate } from './predicate-terms.ts';

/** What is sent on under one name: these values, whatever was received; or what was received, with one more value or none. */
type Outcome =
  | { readonly kind: 'fixed'; readonly values: readonly string[] }
  | { readonly kind: 'received'; readonly added?: string };

/** `receiver` is the proxy that routes them. The host is no header here: it is told as such. */
export function isSentAlike(a: HeaderEdit, b: HeaderEdit, receiver: Receiver): Predicate {
  const sources = forwardedSources(receivedSources(asSent, receiver));
  const names = [...new Set([a, b].flatMap(namesIn))].filter((name) => name !== 'host' && name !== ':authority').sort();
  return all(
    names.map((name) => {
      const [x, y] = [outcomeOf(a, name), outcomeOf(b, name)];
      if (contentKey(x) === contentKey(y)) return always;
      const values = receivedWhereAlike(x, y, joinedHeaders.has(name));
      return values.length === 0 ? never : isReceived(values, sources(name), name);
    }),
  );
}

/** In terms that there are words for. */
function isReceived(values: readonly string[], source: HeaderSource, name: string): Predicate {
  const [value = absent, ...more] = values;
  const isOneOf = (language: Language) => sourceIsIn(source, language, headerDimension(name));
  if (more.length > 0) return isOneOf(words(...values));
  if (value === absent) return not(isOneOf(optionalLanguage({ type: 'present' }, false)));
  return isOneOf(optionalLanguage({ type: 'exact', value }, false));
}

function namesIn({ set, add, remove }: HeaderEdit): readonly string[] {
  return [...Object.keys(set), ...Object.keys(add), ...remove].map((name) => name.toLowerCase());
}

/** Set, add, then remove. */
function outcomeOf({ set, add, remove }: HeaderEdit, name: string): Outcome {
  if (remove.some((removed) => removed.toLowerCase() === name)) return { kind: 'fixed', values: [] };
  const [replaced, added] = [set, add].map(
    (values) => Object.entries(values).find(([key]) => key.toLowerCase() === name)?.[1],
  );
  if (replaced === undefined) return { kind: 'received', ...(added !== undefined && { added }) };
  const values = added === undefined ? [replaced] : [replaced, added];
  return { kind: 'fixed', values: joinedHeaders.has(name) ? [joinHeader(values)] : values };
}

/** The values, or `absent`, of which two outcomes that are not the same make the same. */
function receivedWhereAlike(x: Outcome, y: Outcome, isJoined: boolean): readonly string[] {
  const [fixed, received] = x.kind === 'fixed' ? [x, y] : [y, x];
  // One more value is never none, nor another; and what is fixed is the same for all.
  if (fixed.kind !== 'fixed' || received.kind !== 'received') return [];
  const [first, second, ...more] = fixed.values;
  const { added } = received;
  if (more.length > 0) return [];
  if (added === undefined) return second === undefined ? [first ?? absent] : [];
  if (!isJoined)
    return second === undefined ? (first === added ? [absent] : []) : second === added ? [first ?? ''] : [];
  if (first === added) return [absent, ''];
  return first?.endsWith(`,${added}`) ? [first.slice(0, -added.length - 1)] : [];
}
