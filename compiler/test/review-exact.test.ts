// The review against brute force on random meshes: nothing missed, nothing invented, every witness real.
import fc from 'fast-check';
import t from 'tap';
import { contentKey, decide, essence } from '../analysis/index.ts';
import { indexMesh, type Mesh } from '../model/index.ts';
import { reviewMeshes } from '../review/index.ts';
import { check } from './support/check.ts';
import { type RandomCall, randomCall } from './support/random-call.ts';
import { randomMesh } from './support/random-mesh.ts';

const parts = [
  'routeTables',
  'authorizationPolicies',
  'peerAuthentications',
  'egressScopes',
  'workloads',
  'settings',
  'destinationPolicies',
  'gateways',
] as const;

/** Two meshes that differ in one part, or in all. */
const pair = fc
  .tuple(randomMesh, randomMesh, fc.option(fc.constantFrom(...parts), { freq: 8, nil: undefined }))
  .map(([base, other, part]): [Mesh, Mesh] => [base, part ? { ...base, [part]: other[part] } : other]);

function differs(base: Mesh, head: Mesh, { from, request }: RandomCall): boolean {
  const [a, b] = [base, head].map((mesh) => {
    const { steps: _, ...verdict } = decide(indexMesh(mesh), {
      from,
      request,
      ...(from === 'outside' && { gateway: 'shop/gate' }),
    });
    return contentKey(essence(verdict));
  });
  return a !== b;
}

/** What a new workload cannot do is no news, nor is how a call to a port or name fails that nobody has. */
function isNews(base: Mesh, head: Mesh, { from, request }: RandomCall): boolean {
  const has = (mesh: Mesh) => !from.includes('/') || mesh.workloads.some((w) => `${w.namespace}/${w.name}` === from);
  return has(base) && has(head) && request.port !== 99 && (request.host.includes('.') || from.startsWith('shop/'));
}

t.test('no changed request is missed', async (t) => {
  let changed = 0;
  check(
    fc.property(pair, fc.array(randomCall, { minLength: 12, maxLength: 12 }), ([base, head], calls) => {
      const { rows } = reviewMeshes(base, head);
      for (const call of calls.filter((c) => isNews(base, head, c) && differs(base, head, c))) {
        changed += 1;
        const { from, request } = call;
        const isHit = rows.some(
          (row) => row.callers.includes(from) && row.witness && covers(row.destinations, from, request),
        );
        if (!isHit)
          throw new Error(
            `${from} ${request.method} ${request.host}:${request.port}${request.path}\n${JSON.stringify(rows.map((r) => [r.title, r.callers, r.destinations]))}`,
          );
      }
    }),
    { numRuns: 120, seed: 5 },
  );
  t.ok(changed > 200, `${changed} changed requests`);
});

function covers(destinations: readonly string[], from: string, { host, port, scheme }: RandomCall['request']): boolean {
  if (from === 'outside') return destinations.some((d) => d.startsWith(`${scheme}://`) && d.endsWith(`:${port}`));
  if (host === 'nobody.example') return destinations.includes('any other host');
  const [name = '', namespace = from.split('/')[0]] = host.split('.');
  return destinations.some((d) => d === `${name}.${namespace}.svc.cluster.local:${port}`);
}

t.test('equal meshes, written otherwise, have no rows', async () => {
  check(
    fc.property(randomMesh, (mesh) => {
      const moved = JSON.parse(JSON.stringify(mesh, (key, value) => (key === 'line' ? value + 100 : value))) as Mesh;
      const renamed: Mesh = {
        ...moved,
        routeTables: moved.routeTables.map((table) => ({
          ...table,
          http: table.http.map((r, i) => ({ ...r, name: `renamed/${i}` })),
        })),
        authorizationPolicies: moved.authorizationPolicies
          .map((p) => ({ ...p, rules: p.rules.toReversed() }))
          .toReversed(),
      };
      const { rows } = reviewMeshes(mesh, renamed);
      return rows.length === 0;
    }),
    { numRuns: 60 },
  );
});

t.test('rows are sound and stable', async () => {
  check(
    fc.property(pair, ([base, head]) => {
      const { rows } = reviewMeshes(base, head);
      for (const { witness } of rows) {
        if (witness && !differs(base, head, witness.call)) throw new Error(`no difference: ${witness.text}`);
      }
      return contentKey(reviewMeshes(base, head).rows) === contentKey(rows) && rows.length < 200;
    }),
    { numRuns: 40, seed: 3 },
  );
});
