// A test that expects a version which nothing it may reach has can never hold.
import { didYouMean } from '../diagnostics/index.ts';
import { coversHost, hostAliases, hostOf, type Mesh, type RouteTable, type TestCase } from '../model/index.ts';
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
    for (const one of cases) {
      const hosts = hostsReached(one, mesh);
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
function hostsReached({ from, request, expect }: TestCase, { services, routeTables }: Mesh): readonly string[] {
  const [namespace = ''] = from === 'outside' ? [] : from.split('/');
  const host = request.host.replace(/\.$/, '').toLowerCase();
  const isAsked = (name: string) => coversHost(name, host) || hostAliases(name, namespace).includes(host);
  const asked = services.filter(({ hosts }) => hosts.some(isAsked));
  const leading = routeTables.filter((table: RouteTable) => table.hosts.some(isAsked));
  const reached = new Set([...asked.map(hostOf), ...leading.flatMap(destinationsOf), expect.service ?? '']);
  return [...reached].filter((one) => one !== '');
}
