// Where a request's path may be, as Envoy's RouteMatch has it, and what a rewrite then does to it.
import { handleBy, type PathMatch, type Reading, type TableBy, quoteRegex } from '../../model/index.ts';
import type { RouteMatchJson } from './proto/types/envoy/config/route/v3/route_components_pb.js';

export interface PathAlternative {
  readonly match: RouteMatchJson;
  /** What is put in the place of what was matched; undefined without a rewrite. */
  readonly prefixRewrite?: string;
}

const paths: TableBy<
  'type',
  Reading<PathMatch, 'type' | 'value'>,
  [rewrite: string | undefined],
  readonly PathAlternative[]
> = {
  exact: ({ value }, rewrite) => [{ match: { path: value }, ...rewritten(rewrite) }],
  prefix: ({ value }, rewrite) => [{ match: { prefix: value }, ...rewritten(rewrite) }],
  suffix: ({ value }, rewrite) => [
    { match: { safeRegex: { regex: `.*${quoteRegex(value)}` } }, ...rewritten(rewrite) },
  ],
  regex: ({ value }, rewrite) => [{ match: { safeRegex: { regex: value } }, ...rewritten(rewrite) }],
  segments: ({ value }, rewrite) =>
    rewrite === undefined
      ? [{ match: { pathSeparatedPrefix: value } }]
      : // Two, so that exactly one slash stands between the new prefix and the rest.
        [
          { match: { path: value }, prefixRewrite: rewrite },
          { match: { prefix: `${value}/` }, prefixRewrite: `${rewrite.replace(/\/+$/, '')}/` },
        ],
};

/** Of which one must hold. See `Rewrite` in model/route.ts for what a rewrite does to each kind of match. */
export function pathAlternatives(path: PathMatch, rewrite: string | undefined): readonly PathAlternative[] {
  return handleBy('type', paths, path, rewrite);
}

function rewritten(rewrite: string | undefined): { readonly prefixRewrite?: string } {
  return rewrite === undefined ? {} : { prefixRewrite: rewrite };
}
