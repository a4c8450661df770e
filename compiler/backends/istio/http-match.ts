// One HttpMatch as Istio's HTTPMatchRequests: several where Istio needs more words for the same condition.
import type { Report } from '../../diagnostics/index.ts';
import type { HttpMatch, PathMatch } from '../../model/index.ts';
import { headerConditions } from './header-match.ts';
import { pruned } from './prune.ts';
import { anyOf, type IstioStringMatch, toStringMatch } from './string-match.ts';

/** A match and the part of the path it stands for: a rewrite replaces the two parts of a `segments` match differently. */
export interface MatchPart {
  readonly match: Readonly<Record<string, unknown>>;
  readonly part: 'whole' | 'below';
}

interface UriPart {
  readonly uri: IstioStringMatch | undefined;
  readonly part: 'whole' | 'below';
}

/** Empty if the conditions cannot be expressed, which is reported. */
export function toMatchParts(match: HttpMatch, report: Report): readonly MatchPart[] {
  const headers = headerConditions(match, report);
  const ports = match.ports.length > 0 ? match.ports : [undefined];
  return uriParts(match.path, match, report).flatMap(({ uri, part }) =>
    headers.flatMap((conditions) =>
      ports.map((port) => ({
        part,
        match: pruned({ uri, method: methodMatch(match, report), port, ...conditions }) ?? {},
      })),
    ),
  );
}

function uriParts(path: PathMatch | undefined, match: HttpMatch, report: Report): readonly UriPart[] {
  if (!path || (path.type === 'prefix' && (path.value === '/' || path.value === ''))) {
    return [{ uri: undefined, part: 'whole' }];
  }
  if (path.type !== 'segments') return [{ uri: toStringMatch(path, match.origin, report), part: 'whole' }];
  return [
    { uri: { exact: path.value }, part: 'whole' },
    { uri: { prefix: `${path.value}/` }, part: 'below' },
  ];
}

function methodMatch({ methods, origin }: HttpMatch, report: Report): IstioStringMatch | undefined {
  const [first] = methods;
  if (first === undefined) return undefined;
  if (methods.length === 1) return { exact: first };
  return anyOf(
    methods.map((value) => ({ type: 'exact', value })),
    origin,
    report,
  );
}
