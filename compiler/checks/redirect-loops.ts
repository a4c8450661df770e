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

/** A request, and what answers it. */
interface Step {
  readonly taker: Taker;
  readonly asking: Asking;
}

/** Circles of which the first redirect is part, each from where it was found. */
function* circlesOf(index: MeshIndex, tables: readonly RouteTable[]): Generator<readonly Taker[]> {
  const all = addressesOf(index, tables);
  const next = remembered((step) => stepAfter(step, all));
  for (const at of all) {
    for (const [route, { action, matches }] of at.redirected ? [] : at.table.http.entries()) {
      if (action.kind !== 'RedirectAction') continue;
      for (const clause of matches) {
        const circle = circleFrom({ taker: { redirect: action, route }, asking: firstAsking(at, clause) }, next);
        if (circle) yield circle;
      }
    }
  }
}

type Next = (step: Step) => Step | undefined;

function stepAfter({ taker, asking }: Step, all: readonly Address[]): Step | undefined {
  const after = follow(asking, taker, all);
  const found = after && takerOf(after, { at: asking.at, ...taker });
  return found && { taker: found, asking: after };
}

/** Ways of many redirects have their ends in common. */
function remembered(next: Next): Next {
  const byAddress = new Map<Address, Map<string, Step | undefined>>();
  return (step) => {
    const { at, path, method, isCookieSet, known } = step.asking;
    const steps = byAddress.get(at) ?? new Map<string, Step | undefined>();
    byAddress.set(at, steps);
    const key = JSON.stringify([step.taker.route, path, method, isCookieSet, known]);
    if (!steps.has(key)) steps.set(key, next(step));
    return steps.get(key);
  };
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
function circleFrom(start: Step, next: Next): readonly Taker[] | undefined {
  const steps: Step[] = [];
  for (let step: Step | undefined = start; step && steps.length < maxSteps; step = next(step)) {
    const current = step;
    const again = steps.findIndex((one) => isSame(one, current));
    if (again >= 0) {
      const circle = steps.slice(again).map(({ taker }) => taker);
      return circle.some((one) => keyOf(one) === keyOf(start.taker)) ? fromStart(circle, start.taker) : undefined;
    }
    steps.push(current);
  }
  return undefined;
}

function fromStart(circle: readonly Taker[], start: Taker): readonly Taker[] {
  const at = circle.findIndex((one) => keyOf(one) === keyOf(start));
  return [...circle.slice(at), ...circle.slice(0, at)];
}

function isSame(a: Step, b: Step): boolean {
  const isSameRequest = a.asking.path === b.asking.path && a.asking.method === b.asking.method;
  return a.asking.at === b.asking.at && a.taker.route === b.taker.route && isSameRequest;
}
