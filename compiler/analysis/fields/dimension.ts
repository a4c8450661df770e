// One field of a request as a dimension of the request space: its values, its value in a request, and how a witness is given one.
import type { TestRequest } from '../../model/index.ts';
import type { Language } from '../automata/language.ts';

/** The part of a request that dimensions are about. */
export type RequestParts = Pick<TestRequest, 'method' | 'path' | 'headers'>;

export interface Dimension {
  /** Equal exactly for the same field. */
  readonly key: string;
  /** Dimensions of a lower rank come first in diagrams and descriptions, those of one rank by key. */
  readonly rank: number;
  readonly universe: Language;
  /** Whether requests may lack it. */
  readonly isOptional: boolean;
  /** None where the request has no such value. Only headers may have several: a condition holds if it does for one of them. */
  valuesIn(request: RequestParts): readonly string[];
  /** A wanted value that people are used to, if there is one; else a shortest will do, of the likely ones where some are wanted. */
  usual(isWanted: (value: string) => boolean): string | undefined;
  readonly likely?: Language;
  /** The request with this value; unchanged for `absent`. */
  write(request: RequestParts, value: string): RequestParts;
  /** How much longer a witness is by this value. */
  cost(value: string): number;
  /** Where the value stands in `GET /admin/* with x-beta: true`. */
  readonly phrase: Phrase;
  /** The words for all values. */
  readonly everything: string;
}

/** `method` and `path` are the request line; `named` are further conditions, under a name. */
export type Phrase = { readonly part: 'method' | 'path' } | { readonly part: 'named'; readonly name: string };

/** Stands for a value that is not there: none can hold this character. */
export const absent = '\u0000';

export function compareDimensions(a: Dimension, b: Dimension): number {
  return a.rank - b.rank || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}
