// One HttpRoute as Istio's HTTPRoutes: one, or several in a row where parts of its matches are rewritten differently.
import type { Report } from '../../diagnostics/index.ts';
import {
  type Clause,
  type ForwardAction,
  handle,
  type HttpAction,
  type HttpRoute,
  nothingLeft,
  type Rewrite,
  type RouteFeatureKind,
  type Table,
  total,
} from '../../model/index.ts';
import { toRouteDestinations } from './destination.ts';
import { duration } from './duration.ts';
import type { FeatureRow, RouteDraft } from './feature-row.ts';
import { headerOperations, reportAuthority } from './header-operations.ts';
import { type MatchPart, toMatchParts } from './http-match.ts';
import { redirectFeatures, toRedirect } from './http-redirect.ts';
import { pruned } from './prune.ts';
import { cors, fault, mirrors, retries } from './route-features.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Draft extends RouteDraft {
  readonly parts: readonly MatchPart[];
}

/** In the order of Istio's fields. */
const forwardFeatures = total<RouteFeatureKind>()([retries, fault, mirrors, cors, headerOperations]);

const actions: Table<HttpAction, [route: Draft, report: Report], readonly Fields[]> = {
  ForwardAction: toForwards,
  RedirectAction: (action, { parts, ...route }, report) => [
    fields({
      name: route.name,
      match: parts.map(({ match }) => match),
      redirect: toRedirect(action, route, report),
      ...featureFields(redirectFeatures, route, report),
    }),
  ],
};

/** Empty for a route that never holds, or none of whose matches can be expressed, which is reported. */
export function toHttpRoutes(route: HttpRoute, report: Report): readonly Fields[] {
  const { kind: _kind, origin, name, matches, action, features, ...rest } = route;
  nothingLeft(rest);
  const parts = matchParts(matches, report);
  const routes = handle(actions, action, { origin, name, features, parts }, report);
  // Without a match a route of Istio's takes everything: one that takes nothing must not be there.
  return parts.length > 0 ? routes : [];
}

function toForwards(action: ForwardAction, { parts, ...route }: Draft, report: Report): readonly Fields[] {
  const { kind: _kind, origin: _origin, destinations, rewrite, timeoutMs, ...rest } = action;
  nothingLeft(rest);
  const written: Omit<Rewrite, 'kind' | 'origin'> = rewrite ?? {};
  const { path, host: authority, ...unread } = written;
  nothingLeft(unread);
  reportAuthority(route, authority, report);
  const features = featureFields(forwardFeatures, route, report);
  return runs(parts, (part) => rewritePath(path, part)).map(([uri, run]) =>
    fields({
      name: route.name,
      match: run.map(({ match }) => match),
      rewrite: pruned({ uri, authority }),
      route: toRouteDestinations(destinations),
      timeout: duration(timeoutMs),
      ...features,
    }),
  );
}

function matchParts(matches: readonly Clause[], report: Report): readonly MatchPart[] {
  const parts = matches.flatMap((clause) => toMatchParts(clause, report));
  return [...new Map(parts.map((part) => [JSON.stringify(part), part])).values()];
}

function featureFields(rows: readonly FeatureRow<RouteFeatureKind>[], route: RouteDraft, report: Report): Fields {
  return Object.assign({}, ...rows.map((row) => row.fields(route, report)));
}

/** A route that matches everything has one empty part: it is written without `match`. */
function fields(all: Fields & { readonly match: readonly Fields[] }): Fields {
  const isCatchAll = all.match.some((match) => Object.keys(match).length === 0);
  return pruned({ ...all, match: isCatchAll ? [] : all.match }) ?? {};
}

/** What follows a matched prefix keeps its own first slash out of a `below` part, so the new prefix must end in one. */
function rewritePath(path: string | undefined, part: MatchPart['part']): string | undefined {
  if (path === undefined) return undefined;
  return part === 'below' ? `${path.replace(/\/+$/, '')}/` : path;
}

/** Splits into runs of equal keys, in order: the first match that holds must keep deciding the rewrite. */
function runs<T extends { readonly part: MatchPart['part'] }, K>(
  items: readonly T[],
  keyOf: (part: MatchPart['part']) => K,
): readonly (readonly [K, readonly T[]])[] {
  const groups: [K, T[]][] = [];
  for (const item of items) {
    const key = keyOf(item.part);
    const last = groups.at(-1);
    if (last && last[0] === key) last[1].push(item);
    else groups.push([key, [item]]);
  }
  return groups;
}
