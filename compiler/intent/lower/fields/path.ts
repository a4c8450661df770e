// `path` of a route's match, `paths` of an access rule.
import { isOneOrMore } from '../../../model/index.ts';
import { inAccess, inMatch, lowerPath } from '../paths.ts';
import { type Field, notWritten } from './field.ts';

export const path: Field<'path'> = {
  kind: 'path',
  inMatch(match, { report }) {
    const written = match.get('path');
    const lowered = written && lowerPath(written, inMatch, report);
    return lowered ? [{ kind: 'path', anyOf: [lowered], not: false }] : [];
  },
  inRule(rule, _owner, { report }) {
    const written = rule.list('paths');
    const anyOf = written.flatMap((path) => lowerPath(path, inAccess, report) ?? []);
    if (written.length === 0) return [];
    return isOneOrMore(anyOf) ? [{ kind: 'path', anyOf, not: false }] : undefined;
  },
  inCallers: notWritten,
};
