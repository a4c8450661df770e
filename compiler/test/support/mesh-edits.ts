// Random changes to a mesh, node by node, as commits make them: left alone, written elsewhere, altered, removed, taken from another.
import fc from 'fast-check';
import * as m from '../../model/index.ts';
import * as b from './mesh-builder.ts';

type Alter<T> = readonly ((node: T) => T)[];

/** Changes that the snapshots of some workload show, or, where it says so, that none shows. */
const alterations: { readonly [L in m.ListName]: Alter<m.MeshNodes[L]> } = {
  services: [
    (s) => ({ ...s, ports: [...s.ports, b.port(85)] }),
    (s) => ({ ...s, identities: s.identities.slice(1) }),
    (s) => ({ ...s, hosts: [...s.hosts, aliasOf(s.name)] }),
    (s) => ({ ...s, hosts: [aliasOf(s.name), ...s.hosts] }),
    (s) => ({ ...s, selector: {} }),
    (s) => ({ ...s, resolution: 'static', addresses: ['10.0.0.9'], registry: 'mesh' }),
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
    (r) => ({ ...r, http: r.http.map((route) => ({ ...route, features: route.features.slice(1) })) }),
    (r) => ({ ...r, http: r.http.map((route) => ({ ...route, matches: route.matches.slice(1) })) }),
  ],
  destinationPolicies: [
    (p) => ({ ...p, subsets: p.subsets.slice(1) }),
    (p) => withTls(p, { mode: 'DISABLE' }),
    (p) => withTls(p, { mode: 'SIMPLE', sni: 'x.test' }),
    (p) => ({ ...p, features: p.features.slice(1) }),
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
  // No proxy is told of these.
  tests: [(test) => ({ ...test, cases: test.cases.slice(1) })],
  passthrough: [(raw) => ({ ...raw, object: { ...raw.object, spec: {} } })],
};

function withTls(policy: m.DestinationPolicy, tls: m.TlsTowards): m.DestinationPolicy {
  const others = policy.features.filter(({ kind }) => kind !== 'UpstreamTls');
  return { ...policy, features: [...others, { kind: 'UpstreamTls', ...tls, origin: policy.origin }] };
}

function aliasOf(host: string): string {
  return `${host.split('.')[0]}.alias.test`;
}

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
  const lists = m.eachList((name) =>
    editedList<object>(mesh[name], other[name], alterations[name] as Alter<object>, next),
  ) as unknown as m.MeshLists;
  const services = withDistinctHosts(lists.services);
  return { ...mesh, ...lists, services, settings: { ...mesh.settings, ...settings } };
}

/** With all that can be altered in some lists altered, one alteration after the other. */
export function altered(mesh: m.Mesh, names: readonly m.ListName[]): m.Mesh {
  const lists = names.map((name) => {
    const alter = alterations[name] as Alter<object>;
    return [name, mesh[name].map((node) => alter.reduce<object>((changed, change) => change(changed), node))] as const;
  });
  return { ...mesh, ...Object.fromEntries(lists) };
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
