// The method of a request.
import { httpMethods } from '../../model/index.ts';
import { words } from '../automata/language.ts';
import type { Dimension } from './dimension.ts';

const methods: readonly string[] = httpMethods;

export const methodDimension: Dimension = {
  key: 'method',
  rank: 0,
  universe: words(...methods),
  isOptional: false,
  valuesIn: ({ method }) => [method],
  usual: (isWanted) => methods.find(isWanted),
  write: (request, method) => ({ ...request, method }),
  cost: (method) => 4 * methods.indexOf(method),
  phrase: { part: 'method' },
  everything: 'any method',
};
