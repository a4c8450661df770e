// Redirects that lead back to where they began: callers go in a circle until they give up.
import type { Report } from '../diagnostics/index.ts';
import {
  type Clause,
  handleBy,
  matchedPaths,
  type MeshIndex,
  type PathMatch,
  type RouteTable,
  type TableBy,
} from '../model/index.ts';
import type { Check } from './check.ts';
import { type Address, addressesOf, type Asking, follow, type Taker, takerOf } from './redirect-steps.ts';

export const redirectLoops: Check = {
  name: 'redirect-loop',
  codes: ['FL0416'],
  reads: 'all',
  check({ mesh, index }, report) {
    // A gateway's table repeats routes in narrower form: what is told of one is not told again.
    const told = new Set<string>();
    const tables = mesh.routeTables.toSorted((a, b) => Number(b.attach.mesh) - Number(a.attach.mesh)).filter(redirects);
    for (const circle of circlesOf(index, tables)) {
      const keys = circle.map(keyOf);
      // Two may lead back by the same redirect: each is told.
      if (!told.has(keys[0] ?? '')) reportCircle(circle, report);
      for (const key of keys) told.add(key);
    }
  },
};

function redirects({ http }: RouteTable): boolean {
  return http.some(({ action }) => action.kind === 'RedirectAction');
}

function keyOf({ redirect }: Taker): string {
  return JSON.stringify(redirect.origin);
}

function reportCircle([first, ...others]: readonly Taker[], report: Report): void {
  if (!first) return;
  const { path, origin } = first.redirect;
  const target = path === undefined ? 'the same path elsewhere' : `"${path}"`;
  report('FL0416', {
    message:
      others.length > 0
        ? `this redirect leads to ${target}, and from there back here`
        : `this redirect leads to ${path === undefined ? 'the same address' : target}, which the route redirects again`,
    span: origin,
    related: others.map(({ redirect }) => ({ message: 'redirects again', span: redirect.origin })),
    hint:
      others.length > 0
        ? 'let one of them lead out of the circle, or put a route that serves a path of it before its redirect'
        : 'redirect to another path, host, port or scheme, or put a route for the new path before it',
  });
}

/** Circles of which the first redirect is part, each from where it was found. */
function* circlesOf(index: MeshIndex, tables: readonly RouteTable[]): Generator<readonly Taker[]> {
  const all = addressesOf(index, tables);
  for (const at of all) {
    for (const [route, { action, matches }] of at.redirected ? [] : at.table.http.entries()) {
      if (action.kind !== 'RedirectAction') continue;
      for (const clause of matches) {
        const circle = circleFrom({ redirect: action, route }, firstAsking(at, clause), all);
        if (circle) yield circle;
      }
    }
  }
}

/** With an example of the paths that a match is for, which no other route is likely to name. */
function firstAsking(at: Address, clause: Clause): Asking {
  const [match] = matchedPaths(clause);
  const path = match && handleBy('type', examples, match);
  return { at, known: clause.all, ...(path !== undefined && { path }) };
}

const examples: TableBy<'type', PathMatch, [], string | undefined> = {
  exact: ({ value }) => value,
  prefix: ({ value }) => `${value}~`,
  segments: ({ value }) => `${value}/~`,
  suffix: ({ value }) => `/~${value}`,
  regex: () => undefined,
};

/** Browsers give up after about as many. */
const maxSteps = 20;

/** Once the same redirect meets the same request again, it always will. */
function circleFrom(start: Taker, first: Asking, all: readonly Address[]): readonly Taker[] | undefined {
  const steps: { readonly taker: Taker; readonly asking: Asking }[] = [];
  let [taker, asking] = [start, first];
  while (steps.length < maxSteps) {
    const again = steps.findIndex((step) => isSame(step, { taker, asking }));
    if (again >= 0) {
      const circle = steps.slice(again).map((step) => step.taker);
      return circle.some((one) => keyOf(one) === keyOf(start)) ? fromStart(circle, start) : undefined;
    }
    steps.push({ taker, asking });
    const next = follow(asking, taker, all);
    const found = next && takerOf(next, { at: asking.at, ...taker });
    if (!found) return undefined;
    [taker, asking] = [found, next];
  }
  return undefined;
}

function fromStart(circle: readonly Taker[], start: Taker): readonly Taker[] {
  const at = circle.findIndex((one) => keyOf(one) === keyOf(start));
  return [...circle.slice(at), ...circle.slice(0, at)];
}

function isSame(
  a: { readonly taker: Taker; readonly asking: Asking },
  b: { readonly taker: Taker; readonly asking: Asking },
): boolean {
  const isSameRequest = a.asking.path === b.asking.path && a.asking.method === b.asking.method;
  return a.asking.at === b.asking.at && a.taker.route === b.taker.route && isSameRequest;
}
