// The path of a request as every proxy sees it: normalized, without its query.
import { normalizePath, splitQuery } from '../../model/index.ts';
import { regexLanguage } from '../automata/regex-language.ts';
import type { Dimension } from './dimension.ts';

export const pathDimension: Dimension = {
  key: 'path',
  rank: 1,
  /** What `normalizePath` leaves alone, of what may stand in a request line before the query. */
  universe: regexLanguage('/[!$-;=@-Z\\[\\]_a-z~]*')
    .and(regexLanguage('.*/\\.\\.?([/;].*)?').not())
    .and(regexLanguage('.*%(00|2[dDeE]|3[0-9]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aAeE]).*').not()),
  isOptional: false,
  valuesIn: ({ path }) => [normalizePath(splitQuery(path).path)],
  usual: () => undefined,
  write: (request, path) => ({ ...request, path }),
  cost: (path) => path.length,
  phrase: { part: 'path' },
  everything: '/*',
};
