// The method of a request.
import { METHODS } from 'node:http';
import { words } from '../automata/language.ts';
import { regexLanguage } from '../automata/regex-language.ts';
import type { Dimension } from './dimension.ts';

const usualMethods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];
const knownMethods = [...usualMethods, ...METHODS.filter((m) => m !== 'CONNECT' && !usualMethods.includes(m))];

export const methodDimension: Dimension = {
  key: 'method',
  rank: 0,
  universe: regexLanguage("[!#$%&'*+\\-.^_`|~0-9A-Za-z]+").and(words('CONNECT').not()),
  isOptional: false,
  valueIn: ({ method }) => method,
  usual: (isWanted) => knownMethods.find(isWanted),
  write: (request, method) => ({ ...request, method }),
  cost: (method) => 4 * knownMethods.indexOf(method),
  phrase: { part: 'method' },
  everything: 'any method',
};
