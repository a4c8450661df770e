// Pairs of random meshes, and requests that fare differently in them: what a review must have a row for.
import fc from 'fast-check';
import { decide, outcomeKey, reaches, type Verdict } from '../../analysis/index.ts';
import { indexMesh, isHttp, type Mesh, type MeshIndex } from '../../model/index.ts';
import { type ReviewRow, reviewMeshes } from '../../review/index.ts';
import type { RandomCall } from './random-call.ts';
import { randomMesh } from './random-mesh.ts';

const parts = [
  'routeTables',
  'authorizationPolicies',
  'peerAuthentications',
  'egressScopes',
  'workloads',
  'settings',
  'destinationPolicies',
  'gateways',
  'services',
] as const;

/** Two meshes that differ in one part, or in all. */
export const meshPair: fc.Arbitrary<[Mesh, Mesh]> = fc
  .tuple(randomMesh, randomMesh, fc.option(fc.constantFrom(...parts), { freq: 8, nil: undefined }))
  .map(([base, other, part]): [Mesh, Mesh] => [base, part ? { ...base, [part]: other[part] } : other]);

const indexes = new WeakMap<Mesh, MeshIndex>();

function indexOf(mesh: Mesh): MeshIndex {
  const index = indexes.get(mesh) ?? indexMesh(mesh);
  indexes.set(mesh, index);
  return index;
}

function verdictsOf(meshes: readonly [Mesh, Mesh], { from, request }: RandomCall): readonly Verdict[] {
  const call = { from, request, ...(from === 'outside' && { gateway: 'shop/gate' }) };
  return meshes.map((mesh) => decide(indexOf(mesh), call));
}

export function differs(base: Mesh, head: Mesh, call: RandomCall): boolean {
  const [a, b] = verdictsOf([base, head], call).map((verdict) => outcomeKey(verdict, call));
  return a !== b;
}

/** How bytes are refused, nobody is told; nor whether a port is HTTP who sends to it himself. */
function isUntold(base: Mesh, head: Mesh, call: RandomCall): boolean {
  const verdicts = verdictsOf([base, head], call);
  const isBare = ({ workloads }: Mesh) =>
    call.from === 'unmeshed' ||
    workloads.some((one) => `${one.namespace}/${one.name}` === call.from && one.proxy === 'none');
  const [was, is] = verdicts.map(({ status }) => status !== undefined);
  if (isBare(base) && isBare(head) && verdicts.every(reaches) && was !== is) return true;
  const takesBytes = [base, head].some(({ services }) =>
    services.some(({ ports }) =>
      ports.some(({ number, protocol }) => number === call.request.port && !isHttp(protocol)),
    ),
  );
  return takesBytes && !verdicts.some(reaches);
}

/** What a new workload cannot do is no news, nor is how a call to a port or name fails that nobody has. */
export function isNews(base: Mesh, head: Mesh, { from, request }: RandomCall): boolean {
  const has = (mesh: Mesh) => !from.includes('/') || mesh.workloads.some((w) => `${w.namespace}/${w.name}` === from);
  return has(base) && has(head) && request.port !== 99 && (request.host.includes('.') || from.startsWith('shop/'));
}

/** How many of the requests fare differently, and which of those no row is about. */
export function flipsOf(base: Mesh, head: Mesh, calls: readonly RandomCall[]) {
  const { rows } = reviewMeshes(base, head);
  const flips = calls.filter(
    (call) => isNews(base, head, call) && differs(base, head, call) && !isUntold(base, head, call),
  );
  return { changed: flips.length, missed: flips.filter((flip) => !rows.some((row) => isAbout(row, flip))), rows };
}

function isAbout(row: ReviewRow, { from, request }: RandomCall): boolean {
  return row.witness !== undefined && row.callers.includes(from) && covers(row.destinations, from, request);
}

function covers(destinations: readonly string[], from: string, { host, port, scheme }: RandomCall['request']): boolean {
  if (from === 'outside') return destinations.some((d) => d.startsWith(`${scheme}://`) && d.endsWith(`:${port}`));
  if (host === 'nobody.example') return destinations.includes('any other host');
  const [name = '', namespace = from.split('/')[0]] = host.split('.');
  return destinations.some((d) => d === `${name}.${namespace}.svc.cluster.local:${port}`);
}
