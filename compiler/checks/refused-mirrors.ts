// A mirror is there to be compared with: one whose every copy is refused compares nothing, and nobody hears of it.
import { featuresOf, hostOf, keyOf, type Mesh, type RouteTable, type Workload } from '../model/index.ts';
import type { Check } from './check.ts';
import { calleesOf, findBlocker, identityIn } from './denied-callers.ts';

export const refusedMirrors: Check = {
  name: 'refused-mirrors',
  codes: ['FL0452'],
  reads: ['services', 'workloads', 'egressScopes', 'authorizationPolicies', 'routeTables', 'settings'],
  check({ mesh }, report) {
    const mirrored = mesh.routeTables.filter(({ http }) =>
      http.some((route) => featuresOf(route, 'Mirror').length > 0),
    );
    if (mirrored.length === 0) return;
    const callees = calleesOf(mesh);
    for (const table of mirrored) {
      const callers = callersOf(mesh, table);
      for (const mirror of table.http.flatMap((route) => featuresOf(route, 'Mirror'))) {
        const callee = callees.get(mirror.host);
        const refusing = callee && callers.map((caller) => findBlocker(callee.policies, identityIn(mesh, caller)));
        const [blocker] = refusing ?? [];
        if (!callee || !blocker || refusing?.includes(undefined)) continue;
        report('FL0452', {
          message: `every copy is refused: ${hostOf(callee.service)} lets in none of ${callers.map(keyOf).join(', ')}`,
          span: mirror.origin,
          related: [{ message: 'the rules that refuse it', span: blocker.origin }],
          hint: 'a copy is sent as the caller: let the callers in there too, or drop the mirror',
        });
      }
    }
  },
};

/** Whose proxies have the table: those that use the host, and gateways. */
function callersOf({ workloads, egressScopes }: Mesh, { hosts, attach }: RouteTable): readonly Workload[] {
  const users = egressScopes.filter((scope) => attach.mesh && scope.hosts.some(({ host }) => hosts.includes(host)));
  const keys = new Set([...users.map(({ workload }) => workload), ...attach.gateways]);
  return workloads.filter((workload) => keys.has(keyOf(workload)));
}
