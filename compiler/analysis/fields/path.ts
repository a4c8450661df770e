// The path of a request as a proxy sees it, without its query. Whoever asks has normalized it: once a proxy, for a second time may make another of it.
import { splitQuery } from '../../model/index.ts';
import { regexLanguage } from '../automata/regex-language.ts';
import type { Dimension } from './dimension.ts';

const sendable = regexLanguage('/[!$-;=@-Z\\[\\]_a-z~]*');
const dotSegments = regexLanguage('.*/\\.\\.?(/.*)?');
const decodedEscapes = regexLanguage('.*%(00|2[dDeE]|3[0-9]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aAeE]).*');

/** Every path that a proxy may see. */
export const arrivingPaths = sendable.and(dotSegments.not()).and(decodedEscapes.not());

export const pathDimension: Dimension = {
  key: 'path',
  rank: 1,
  /** What `normalizePath` leaves alone: without `/..;x`, which a first proxy may make of `/%2e.;x`, and a second one of that something else. */
  universe: arrivingPaths.and(regexLanguage('.*/\\.\\.?;.*').not()),
  isOptional: false,
  valuesIn: ({ path }) => [splitQuery(path).path],
  usual: () => undefined,
  write: (request, path) => ({ ...request, path }),
  cost: (path) => path.length,
  phrase: { part: 'path' },
  everything: '/*',
};
