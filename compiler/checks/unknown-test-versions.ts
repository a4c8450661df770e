// A test that expects a version which nothing it may reach has can never hold.
import { didYouMean } from '../diagnostics/index.ts';
import { hostAliases, hostOf, hostsOver, type Mesh, type TestCase } from '../model/index.ts';
import type { Check } from './check.ts';
import { destinationsOf } from './reached-hosts.ts';

export const unknownTestVersions: Check = {
  name: 'unknown-test-version',
  codes: ['FL0303'],
  reads: ['services', 'routeTables', 'destinationPolicies', 'tests'],
  check({ mesh }, report, placeOf) {
    const cases = mesh.tests.flatMap((test) => test.cases).filter(({ expect }) => expect.versions !== undefined);
    if (cases.length === 0) return;
    const versions = Map.groupBy(mesh.destinationPolicies, ({ host }) => host);
    const ways = new Ways(mesh);
    for (const one of cases) {
      const hosts = hostsReached(one, ways);
      const known = hosts.flatMap((host) => (versions.get(host) ?? []).flatMap(({ subsets }) => subsets));
      const names = [...new Set(known.map(({ name }) => name))];
      const unknown = Object.entries(one.expect.versions ?? {})
        // That nothing reaches it is true of a version that is not there.
        .filter(([name, share]) => share > 0 && !names.includes(name))
        .map(([name]) => name);
      for (const name of hosts.length === 0 ? [] : unknown) {
        report('FL0303', {
          message: `nothing that a request for "${one.request.host}" may reach has the version "${name}"`,
          span: placeOf(one.origin, name),
          hint:
            didYouMean(name, names) ??
            (names.length === 0 ? 'declare it under `versions` of the service' : `it has: ${names.join(', ')}`),
        });
      }
    }
  },
};

/** Canonical hosts of all that the routes for the host lead to, whoever asks; empty where nothing is known of it. */
function hostsReached({ from, request, expect }: TestCase, ways: Ways): readonly string[] {
  const [namespace = ''] = from === 'outside' ? [] : from.split('/');
  const host = request.host.replace(/\.$/, '').toLowerCase();
  const reached = new Set([...ways.from(namespace, host), expect.service ?? '']);
  return [...reached].filter((one) => one !== '');
}

/** Where services and the routes for their hosts lead, found by any name that callers may write. */
class Ways {
  readonly #all: readonly { readonly hosts: readonly string[]; readonly to: readonly string[] }[];
  /** Places in the list, by namespace of the caller and name. */
  readonly #byNamespace = new Map<string, ReadonlyMap<string, readonly number[]>>();

  constructor({ services, routeTables }: Mesh) {
    this.#all = [
      ...services.map((service) => ({ hosts: service.hosts, to: [hostOf(service)] })),
      ...routeTables.map((table) => ({ hosts: table.hosts, to: destinationsOf(table) })),
    ];
  }

  from(namespace: string, host: string): readonly string[] {
    const byName = this.#byNamespace.get(namespace) ?? this.#named(namespace);
    this.#byNamespace.set(namespace, byName);
    const places = new Set(hostsOver(host).flatMap((name) => byName.get(name) ?? []));
    return [...places].sort((a, b) => a - b).flatMap((place) => this.#all[place]?.to ?? []);
  }

  #named(namespace: string): ReadonlyMap<string, readonly number[]> {
    const named = this.#all.flatMap(({ hosts }, place) =>
      hosts.flatMap((host) => hostAliases(host, namespace).map((name) => ({ name, place }))),
    );
    const groups = Map.groupBy(named, ({ name }) => name);
    return new Map([...groups].map(([name, group]) => [name, group.map(({ place }) => place)]));
  }
}
