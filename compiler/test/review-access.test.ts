// B3: whom access rules let in is told of identities that no workload has today, too.
import fc from 'fast-check';
import t from 'tap';
import { decide } from '../analysis/index.ts';
import {
  type AuthorizationPolicy,
  type AuthorizationRule,
  indexMesh,
  type Mesh,
  type StringMatch,
} from '../model/index.ts';
import { type ReviewRow, reviewMeshes } from '../review/index.ts';
import { check } from './support/check.ts';
import * as b from './support/mesh-builder.ts';
import { type Edit, linesOf, reviewOf } from './support/review-intent.ts';

const header = 'apiVersion: fairlead.dev/v1alpha1\n';
const intent = `${header}kind: Mesh
metadata: { name: test }
spec: { mtls: strict, access: { default: deny }, egress: { default: declared } }
---
${header}kind: MeshService
metadata: { name: a, namespace: shop }
spec: { ports: [{ name: http, port: 80 }], uses: [hello], access: { allow: [] } }
---
${header}kind: MeshService
metadata: { name: hello, namespace: shop }
spec: { ports: [{ name: http, port: 80 }], access: ACCESS }
`;

const one = '{ allow: [{ from: [{ service: a }] }] }';
const but = (name: string) => `{ allow: [{}], deny: [{ unless: { from: [{ namespace: ${name} }] } }] }`;
const cases: Record<string, { from: string; to: string; says: readonly RegExp[] }> = {
  'a whole namespace': {
    from: one,
    to: '{ allow: [{ from: [{ service: a }] }, { from: [{ namespace: shop }] }] }',
    says: [
      /^medium access gained: any further workload of namespace shop may newly call hello\.shop:80, once declared/,
    ],
  },
  'anybody with some method': {
    from: '{ allow: [{ from: [{ service: a }] }] }',
    to: '{ allow: [{ from: [{ service: a }] }, { methods: [GET] }] }',
    says: [/^medium access gained: any further workload may newly call hello\.shop:80, once declared/],
  },
  'a denial taken back': {
    from: '{ allow: [{}], deny: [{ from: [{ namespace: evil }] }] }',
    to: '{ allow: [{}] }',
    says: [
      /^medium access gained: any further workload of namespace evil may newly call hello\.shop:80, once declared/,
    ],
  },
  'an exception more': {
    from: but('shop'),
    to: but('shop }, { namespace: ops'),
    says: [/^medium access gained: any further workload of namespace ops may newly call/],
  },
  'access taken away': {
    from: '{ allow: [{ from: [{ service: a }] }, { from: [{ namespace: ops }] }] }',
    to: one,
    says: [/^low access lost: any further workload of namespace ops may no longer call hello\.shop:80, once declared/],
  },
  'the same in another order, twice, and in two': {
    from: '{ allow: [{ from: [{ service: a }, { namespace: ops }], methods: [GET, PUT] }] }',
    to: '{ allow: [{ from: [{ namespace: ops }], methods: [PUT, GET] }, { from: [{ service: a }], methods: [PUT] }, { from: [{ service: a }], methods: [GET, PUT] }] }',
    says: [],
  },
};

for (const [name, { from, to, says }] of Object.entries(cases)) {
  t.test(`B3: ${name}`, async (t) => {
    const { rows } = reviewOf(intent.replace('ACCESS', from), [from, to]);
    t.match(linesOf({ rows, touched: [], notAnalysed: [] }), says);
    t.equal(rows.length, says.length);
    for (const { witness, example } of rows) {
      t.equal(witness, undefined, 'no request of today');
      t.not(example?.base.outcome, example?.head.outcome);
    }
  });
}

const withGateway = `${intent.replace('ACCESS', one)}---
${header}kind: MeshGateway
metadata: { name: public, namespace: edge }
spec: { listeners: [{ name: web, port: 80, protocol: HTTP, hosts: [a.example.com] }] }
---
${header}kind: MeshService
metadata: { name: c, namespace: ops }
spec:
  ports: [{ port: 80 }]
  access: { allow: [{ from: [{ service: shop/a }] }] }
  routes: [{ match: { path: /x/* }, to: [{ service: shop/hello }] }]
`;

t.test('B3: a gateway let in by a service that it does not expose', async (t) => {
  const opened: Edit = [one, '{ allow: [{ from: [{ service: a }, { gateway: edge/public }] }] }'];
  const lines = linesOf(reviewOf(withGateway, opened));
  t.match(lines, [
    /^medium access gained: gateway edge\/public may newly call c\.ops:80, once exposed there \| .* -> hello\.shop/,
    /^medium access gained: gateway edge\/public may newly call hello\.shop:80, once exposed there \| denied by/,
  ]);
  const exposed = withGateway.replace(
    `access: ${one} }`,
    `access: ${one}, expose: [{ gateway: edge/public, host: a.example.com }] }`,
  );
  t.notMatch(
    linesOf(reviewOf(exposed, opened)).join('\n'),
    /hello\.shop:80, once exposed/,
    'the outside is asked itself',
  );
});

t.test('B3: what a service sends on to may call it, too', async (t) => {
  for (const added of ['service: shop/hello', 'namespace: shop']) {
    const lines = linesOf(reviewOf(withGateway, ['{ service: shop/a }', `{ service: shop/a }, { ${added} }`]));
    t.match(lines, [/^medium access gained: shop\/hello.* may newly call c\.ops:80, once declared in uses/]);
  }
});

const namespaces = ['shop', 'infra', 'evil'];
const accounts = ['a', 'c', 'hello', 'x'];
const exact = (value: string): StringMatch => ({ type: 'exact', value });

const randomSource = fc.record({
  principals: fc.array(fc.tuple(fc.constantFrom(...namespaces), fc.constantFrom(...accounts)), { maxLength: 2 }),
  namespaces: fc.subarray(namespaces, { maxLength: 2 }),
  without: fc.subarray(namespaces, { maxLength: 1 }),
});

const randomRule = fc
  .record({
    sources: fc.array(randomSource, { maxLength: 2 }),
    methods: fc.subarray(['GET', 'POST']),
    paths: fc.subarray(['/a/*', '/b']),
  })
  .map(({ sources, methods, paths }) =>
    b.rule(
      sources.map((source) =>
        b.from({
          principals: source.principals.map(([namespace, account]) =>
            exact(`cluster.local/ns/${namespace}/sa/${account}`),
          ),
          namespaces: source.namespaces.map(exact),
          notNamespaces: source.without.map(exact),
        }),
      ),
      [b.operation(methods, paths)],
    ),
  );

const randomPolicies = fc
  .tuple(fc.option(fc.array(randomRule, { maxLength: 3 })), fc.option(fc.array(randomRule, { maxLength: 2 })))
  .map(([allow, deny]) => [
    ...(allow ? [b.policy('hello.shop', 'ALLOW', allow)] : []),
    ...(deny ? [b.policy('hello.shop', 'DENY', deny)] : []),
  ]);

function meshWith(authorizationPolicies: readonly AuthorizationPolicy[]): Mesh {
  return b.mesh({
    services: [b.service('hello.shop'), b.service('a.shop'), b.service('c.shop')],
    workloads: [b.workload('hello.shop'), b.workload('a.shop'), b.workload('c.shop'), b.workload('c.infra')],
    egressScopes: [b.uses('a.shop', ['hello.shop'])],
    authorizationPolicies,
  });
}

interface Identity {
  readonly namespace: string;
  readonly account: string;
}

/** A workload of that identity that was just added. */
function outcomes(mesh: Mesh, { namespace, account }: Identity): string {
  const newcomer = b.workload(`newcomer.${namespace}`, { serviceAccount: account });
  const index = indexMesh({
    ...mesh,
    workloads: [...mesh.workloads, newcomer],
    egressScopes: [...mesh.egressScopes, b.uses(`newcomer.${namespace}`, ['hello.shop'])],
  });
  const asked = ['GET', 'POST', 'DELETE'].flatMap((method) =>
    ['/', '/a', '/a/1', '/b'].map((path) => ({ method, path })),
  );
  return asked
    .map(
      ({ method, path }) =>
        decide(index, { from: `${namespace}/newcomer`, request: b.request(`${method} http://hello.shop${path}`) })
          .outcome,
    )
    .join();
}

function namesOf(policies: readonly AuthorizationPolicy[]): ReadonlySet<string> {
  const rules: readonly AuthorizationRule[] = policies.flatMap((policy) => policy.rules);
  const conditions = rules.flatMap(({ from }) => from.flatMap(({ all }) => all));
  return new Set(
    conditions.flatMap((one) =>
      one.kind === 'namespace' || one.kind === 'principal'
        ? one.anyOf.flatMap((match) => (match.type === 'exact' ? [match.value] : []))
        : [],
    ),
  );
}

/** Whether the row is about those who are as little known to the rules as this one. */
function isAbout({ callers }: ReviewRow, { namespace, account }: Identity, names: ReadonlySet<string>): boolean {
  if (names.has(`cluster.local/ns/${namespace}/sa/${account}`)) {
    return callers.includes(`${namespace}/${account}`) || callers.includes(`${namespace}/serviceAccount:${account}`);
  }
  if (names.has(namespace)) return callers.includes(`${namespace}/*`);
  return callers.includes('*/*') || callers.includes('another namespace/*');
}

t.test('B3: whoever fares differently has a row, whether anybody is so or not', async (t) => {
  const identities = [...namespaces, 'nowhere'].flatMap((namespace) =>
    [...accounts, 'y'].map((account) => ({ namespace, account })),
  );
  let [flips, quiet] = [0, 0];
  check(
    fc.property(randomPolicies, randomPolicies, (before, after) => {
      const [base, head] = [meshWith(before), meshWith(after)];
      const rows = reviewMeshes(base, head).rows.filter(({ kind }) => kind === 'access');
      const names = namesOf([...before, ...after]);
      const flipped = identities.filter((identity) => outcomes(base, identity) !== outcomes(head, identity));
      flips += flipped.length;
      const missed = flipped.find((identity) => !rows.some((row) => isAbout(row, identity, names)));
      if (missed)
        throw new Error(`${JSON.stringify(missed)} has none of ${JSON.stringify(rows.map((row) => row.title))}`);
      if (flipped.length === 0) quiet += 1;
      if (flipped.length === 0 && rows.length > 0) throw new Error(`nobody flips: ${rows[0]?.title}`);
      for (const row of rows) {
        const shown = row.witness ?? row.example;
        if (shown?.base.outcome === shown?.head.outcome) throw new Error(`no flip: ${row.title}`);
      }
    }),
    { numRuns: 150, seed: 7 },
  );
  t.ok(flips > 500 && quiet > 3, `${flips} flips, ${quiet} pairs without any`);
});
