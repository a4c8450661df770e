// One HttpRoute as Istio's HTTPRoutes: one, or several in a row where parts of its matches are rewritten differently.
import type { Report } from '../../diagnostics/index.ts';
import type { ForwardAction, HttpRoute, RedirectAction } from '../../model/index.ts';
import { type MatchPart, toMatchParts } from './http-match.ts';
import { corsPolicy, destination, faultOf, mirrorsOf, retriesOf, weighted } from './http-policy.ts';
import { duration } from './duration.ts';
import { headersOf } from './header-operations.ts';
import { pruned } from './prune.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Empty if none of the route's matches can be expressed, which is reported. */
export function toHttpRoutes(route: HttpRoute, report: Report): readonly Fields[] {
  const { action, name } = route;
  const parts = matchParts(route, report);
  if (action.kind === 'RedirectAction') {
    reportRedirect(route, action, report);
    const match = parts.map((p) => p.match);
    return parts.length === 0 ? [] : [fields({ name, match, redirect: redirectOf(action), ...shared(route, report) })];
  }
  reportAuthority(route, action, report);
  return runs(parts, (part) => rewritePath(action, part)).map(([uri, run]) =>
    fields({
      name,
      match: run.map((p) => p.match),
      rewrite: pruned({ uri, authority: action.rewrite?.host }),
      route: weighted(action.destinations).map(({ weight, ...target }) =>
        pruned({ destination: destination(target), weight }),
      ),
      timeout: duration(action.timeoutMs),
      retries: retriesOf(action.retries),
      fault: faultOf(route.fault),
      mirrors: mirrorsOf(action.mirrors),
      ...shared(route, report),
    }),
  );
}

/** A route that matches everything has one empty part: it is written without `match`. */
function matchParts(route: HttpRoute, report: Report): readonly MatchPart[] {
  if (route.matches.length === 0) return [{ match: {}, part: 'whole' }];
  const parts = route.matches.flatMap((match) => toMatchParts(match, report));
  return [...new Map(parts.map((part) => [JSON.stringify(part), part])).values()];
}

function fields(all: Fields & { readonly match: readonly Fields[] }): Fields {
  const isCatchAll = all.match.some((match) => Object.keys(match).length === 0);
  return pruned({ ...all, match: isCatchAll ? [] : all.match }) ?? {};
}

/** What follows a matched prefix keeps its own first slash out of a `below` part, so the new prefix must end in one. */
function rewritePath({ rewrite }: ForwardAction, part: MatchPart['part']): string | undefined {
  if (rewrite?.path === undefined) return undefined;
  return part === 'below' ? `${rewrite.path.replace(/\/+$/, '')}/` : rewrite.path;
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

function shared(route: HttpRoute, report: Report): Fields {
  return { corsPolicy: corsPolicy(route.cors, report), headers: headersOf(route, report) };
}

function redirectOf(action: RedirectAction): Fields {
  const { path: uri, host: authority, scheme, port, status: redirectCode } = action;
  return pruned({ uri, authority, scheme, port, redirectCode }) ?? {};
}

function reportRedirect(route: HttpRoute, action: RedirectAction, report: Report): void {
  const { path, host, scheme, port } = action;
  if ([path, host, scheme, port].every((part) => part === undefined)) {
    report('FL0504', {
      message: `the redirect of route "${route.name}" changes neither path, host, scheme nor port, which Istio refuses`,
      span: action.origin,
      hint: 'name what the redirect changes',
    });
  }
  if (route.fault) {
    report('FL0504', {
      message: `route "${route.name}" has a fault and a redirect, which Istio cannot combine`,
      span: route.fault.origin,
      hint: 'drop the fault: a redirect never reaches a service',
    });
  }
}

/** Setting `host` is a rewrite of the authority to Istio, and it allows only one. */
function reportAuthority(route: HttpRoute, action: ForwardAction, report: Report): void {
  const { set, add } = route.headers.request;
  const places = [action.rewrite?.host, set.host, add.host].filter((host) => host !== undefined);
  if (places.length < 2) return;
  report('FL0513', {
    message: `route "${route.name}" sets the host ${places.length} times: ${places.join(', ')}`,
    span: route.origin,
    hint: 'keep the rewrite and drop the operations on the header "host"',
  });
}
