// Random changes to a mesh, node by node, as commits make them: left alone, written elsewhere, altered, removed, taken from another.
import fc from 'fast-check';
import type * as m from '../../model/index.ts';
import * as b from './mesh-builder.ts';

type Alter<T> = readonly ((node: T) => T)[];

/** Changes that the snapshots of some workload show. */
const alterations: { readonly [K in keyof Lists]: Alter<Lists[K][number]> } = {
  services: [
    (s) => ({ ...s, ports: [...s.ports, b.port(85)] }),
    (s) => ({ ...s, identities: s.identities.slice(1) }),
    (s) => ({ ...s, hosts: [...s.hosts, aliasOf(s.name)] }),
    (s) => ({ ...s, hosts: [aliasOf(s.name), ...s.hosts] }),
    (s) => ({ ...s, selector: {} }),
    (s) => ({ ...s, resolution: 'static', addresses: ['10.0.0.9'], source: 'MeshWorkload' }),
  ],
  workloads: [
    (w) => ({ ...w, proxy: w.proxy === 'none' ? 'sidecar' : 'none' }),
    (w) => ({ ...w, labels: { ...w.labels, app: 'b' } }),
    (w) => ({ ...w, serviceAccount: 'other' }),
  ],
  routeTables: [
    (r) => ({ ...r, http: r.http.slice(1) }),
    (r) => ({ ...r, attach: { ...r.attach, mesh: !r.attach.mesh } }),
    (r) => ({ ...r, http: r.http.map((route) => ({ ...route, name: `${route.name}/x` })) }),
  ],
  destinationPolicies: [
    (p) => ({ ...p, subsets: p.subsets.slice(1) }),
    (p) => ({ ...p, tls: { mode: 'DISABLE' } }),
    (p) => ({ ...p, tls: { mode: 'SIMPLE', sni: 'x.test' } }),
  ],
  authorizationPolicies: [
    (p) => ({ ...p, action: p.action === 'ALLOW' ? 'DENY' : 'ALLOW' }),
    (p) => ({ ...p, target: { ...p.target, labels: {} } }),
    (p) => ({ ...p, target: { namespace: b.settings.rootNamespace, labels: {} } }),
  ],
  peerAuthentications: [
    (p) => ({ ...p, mode: p.mode === 'DISABLE' ? 'STRICT' : 'DISABLE' }),
    (p) => ({ ...p, target: { ...p.target, labels: {} } }),
  ],
  gateways: [
    (g) => ({ ...g, listeners: g.listeners.slice(1) }),
    (g) => ({ ...g, selector: { app: 'a' } }),
    (g) => ({ ...g, selector: {} }),
  ],
  egressScopes: [
    (s) => ({ ...s, hosts: s.hosts.slice(1) }),
    (s) => ({ ...s, mode: s.mode === 'any' ? 'declared' : 'any' }),
    (s) => ({ ...s, hosts: s.hosts.map((entry) => ({ ...entry, host: aliasOf(entry.host) })) }),
  ],
};

function aliasOf(host: string): string {
  return `${host.split('.')[0]}.alias.test`;
}

type Lists = Pick<
  m.Mesh,
  | 'services'
  | 'workloads'
  | 'routeTables'
  | 'destinationPolicies'
  | 'authorizationPolicies'
  | 'peerAuthentications'
  | 'gateways'
  | 'egressScopes'
>;

/** A choice for each node in turn; most leave it alone. */
export const edits: fc.Arbitrary<Edits> = fc.record({
  choices: fc.array(fc.nat({ max: 40 }), { minLength: 5, maxLength: 40 }),
  settings: fc.constantFrom<Partial<m.MeshSettings>>({}, {}, {}, {}, { mtls: 'DISABLE' }, { trustDomain: 'other' }),
});

export interface Edits {
  readonly choices: readonly number[];
  readonly settings: Partial<m.MeshSettings>;
}

export function edited(mesh: m.Mesh, other: m.Mesh, { choices, settings }: Edits): m.Mesh {
  let turn = 0;
  const next = () => choices[turn++ % choices.length] ?? 0;
  const lists = Object.keys(alterations).map((key) => {
    const name = key as keyof Lists;
    return [name, editedList(mesh[name], other[name], alterations[name] as Alter<object>, next)] as const;
  });
  const all = { ...mesh, ...Object.fromEntries(lists), settings: { ...mesh.settings, ...settings } } as m.Mesh;
  return { ...all, services: withDistinctHosts(all.services) };
}

/** What a compile makes sure of. */
function withDistinctHosts(services: readonly m.Service[]): readonly m.Service[] {
  const taken = new Set<string>();
  return services.filter(({ hosts }) => {
    if (hosts.some((host) => taken.has(host))) return false;
    for (const host of hosts) taken.add(host);
    return true;
  });
}

function editedList<T extends object>(
  list: readonly T[],
  other: readonly T[],
  alter: Alter<T>,
  next: () => number,
): T[] {
  return list.flatMap((node, i) => {
    const choice = next();
    if (choice === 0) return [];
    if (choice === 1) return [node, ...other.slice(i, i + 1)];
    if (choice === 2) return other.slice(i, i + 1);
    // Equal, but another object; and equal but for the place where it is written.
    if (choice === 3) return [structuredClone(node)];
    if (choice === 4) return [{ ...node, origin: b.at('moved.yaml') }];
    return [alter[choice - 5]?.(node) ?? node];
  });
}
