// Meshes whose questions are wide: regexes that combine freely on one header and on the path, a split past many gates, routes by many headers.
import fc from 'fast-check';
import type * as m from '../../model/index.ts';
import * as b from './mesh-builder.ts';

export const wideCaller = 'shop/caller';

const servers = Array.from({ length: 7 }, (_, i) => `s${i}.shop`);
const letters = [...'abcdefghijkl'];
const letter = fc.constantFrom(...letters);

/** Twelve regexes of which a value may match any: 4,096 atoms. */
const anywhere = letter.map((x) => `~.*${x}${x}.*`);
const headerClause = fc
  .tuple(anywhere, fc.boolean(), fc.constantFrom('x-a', 'x-b'))
  .map(([value, not, name]) => b.header(name, value, not));
const ownHeader = fc.tuple(letter, fc.boolean()).map(([x, not]) => b.header(`x-${x}${x}`, 'on', not));
const pathClause = letter.map((x) => b.asking('path', [b.path(`~/(.*/)?${x}${x}(/.*)?`)]));
const exploding = fc.constantFrom('~/.*a.{11}', '~/.*b.{10}c').map((text) => b.asking('path', [b.path(text)]));
const clause = fc
  .tuple(
    fc.array(headerClause, { maxLength: 2 }),
    fc.array(ownHeader, { maxLength: 1 }),
    fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: pathClause },
      { weight: 1, arbitrary: exploding },
    ),
  )
  .map((lists) => b.clause(lists.flat()));

const split = fc
  .uniqueArray(fc.constantFrom(...servers), { minLength: 1, maxLength: 7 })
  .map((names) => names.map((name, i) => b.to(name, '', i === 0 ? 100 - 10 * (names.length - 1) : 10)));
const mirror = (name: string): m.Mirror => ({
  kind: 'Mirror',
  host: b.hostFor(name),
  port: 0,
  subset: '',
  percentage: 10,
  origin: b.at(),
});
const route = fc
  .tuple(
    fc.array(clause, { minLength: 1, maxLength: 2 }),
    split,
    fc.constantFrom(undefined, '/aa', '/'),
    fc.constantFrom(1000, 2000),
    fc.option(fc.constantFrom(...servers), { freq: 4, nil: undefined }),
  )
  .map(([matches, destinations, path, timeoutMs, copy]) =>
    b.route(b.forward(destinations, { timeoutMs, ...(path !== undefined && { rewrite: { path } }) }), matches, {
      features: copy === undefined ? [] : [mirror(copy)],
    }),
  );

/** Each server asks for something of its own. */
const rulesOf = (i: number) =>
  fc
    .uniqueArray(fc.constantFrom(`/${letters[i]}${letters[i]}`, `*${letters[i]}`, '/aa/*', `/${letters[i]}*`), {
      maxLength: 2,
    })
    .map((paths) => paths.map((path) => b.rule([], [b.operation([], [path])])));

export const randomWideMesh: fc.Arbitrary<m.Mesh> = fc
  .record({
    routes: fc.array(route, { minLength: 4, maxLength: 9 }),
    last: split,
    rules: fc.tuple(...servers.map((_, i) => rulesOf(i))),
  })
  .map(({ routes, last, rules }) =>
    b.mesh({
      services: ['front.shop', ...servers].map((name) => b.service(name, { ports: [b.port(80)] })),
      workloads: [...['front.shop', ...servers].map((name) => b.workload(name)), b.workload('caller.shop')],
      routeTables: [b.table('front.shop', [...routes, b.route(b.forward(last), [b.clause([])])])],
      authorizationPolicies: servers.map((name, i) => b.policy(name, 'ALLOW', rules[i] ?? [])),
      egressScopes: [b.uses('caller.shop', ['front.shop', ...servers])],
    }),
  );

const value = fc.array(letter, { maxLength: 4 }).map((list) => list.map((x) => x + x).join('-'));
const segment = fc.oneof(
  letter.map((x) => x + x),
  letter,
  fc.constantFrom('a12345678901', 'b0123456789c', 'xa'),
);

export const randomRequest: fc.Arbitrary<m.TestRequest> = fc
  .record({
    method: fc.constantFrom('GET', 'POST'),
    path: fc.array(segment, { maxLength: 3 }).map((list) => `/${list.join('/')}`),
    a: fc.option(value, { nil: undefined }),
    b: fc.option(value, { nil: undefined }),
    own: fc.uniqueArray(letter, { maxLength: 4 }),
  })
  .map(({ method, path, a, b: other, own }) => {
    const headers = {
      ...(a !== undefined && { 'x-a': a }),
      ...(other !== undefined && { 'x-b': other }),
      ...Object.fromEntries(own.map((x) => [`x-${x}${x}`, 'on'])),
    };
    return { ...b.request(`GET http://front${path}`, headers), method };
  });
