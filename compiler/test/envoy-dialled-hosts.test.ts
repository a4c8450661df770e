// Where a proxy sends what its caller looks up itself, if nothing is redirected to it: never to what the name stands for outside.
import t from 'tap';
import { type ExplicitPlacement, planEnvoy, snapshotFor } from '../backends/envoy/index.ts';
import * as b from './support/mesh-builder.ts';
import { smallMesh as small } from './support/small-mesh.ts';

const here = (port: number) => ({ address: '127.0.0.1', port });
const nowhere: ExplicitPlacement = {
  mode: 'explicit',
  inbound: {},
  outboundHttp: here(10),
  outboundTcp: {},
  gateway: {},
  external: {},
};
const text = (value: unknown) => JSON.stringify(value);

t.test('hosts that only callers look up', async (t) => {
  for (const hosts of [
    ['audit.out.example'],
    ['a.out.example', '*.b.out.example'],
    ['*.b.out.example', 'a.out.example'],
  ]) {
    const [first = ''] = hosts;
    const outside = { location: 'external', registry: 'mesh', selector: {}, identities: [] } as const;
    const audit = b.service('audit.shop', { ...outside, hosts, resolution: 'none', ports: [b.port(81, 'HTTP')] });
    const mesh = small({
      services: [b.service('caller.shop'), audit],
      routeTables: [],
      destinationPolicies: [],
      egressScopes: [b.uses('caller.shop', [first])],
    });
    const plan = planEnvoy(mesh);
    const clusterOf = (external: ExplicitPlacement['external']) =>
      snapshotFor(plan, { workload: 'shop/caller', placement: { ...nowhere, external } })?.clusters.find(({ name }) =>
        name?.endsWith(first),
      );
    t.match(clusterOf({}), { type: 'STATIC', loadAssignment: {} }, `${hosts}: nowhere, and not looked up`);
    t.notMatch(text(clusterOf({})), /portValue/);
    t.match(text(clusterOf({ [`${hosts.at(-1)}:81`]: here(42) })), /"portValue":42/, `${hosts}: where it is placed`);
  }
});

t.test('where connections are redirected, on the port that is meant', async (t) => {
  for (const [targetPort, wanted] of [
    [81, undefined],
    [8181, { upstreamPortOverride: 8181 }],
  ] as const) {
    const port = { ...b.port(81, 'HTTP'), targetPort };
    const outside = { location: 'external', registry: 'mesh', selector: {}, identities: [] } as const;
    const audit = b.service('audit.shop', { ...outside, hosts: ['a.out.example'], resolution: 'none', ports: [port] });
    const services = [b.service('caller.shop'), audit];
    const egressScopes = [b.uses('caller.shop', ['a.out.example'])];
    const plan = planEnvoy(small({ services, routeTables: [], destinationPolicies: [], egressScopes }));
    const clusters = snapshotFor(plan, { workload: 'shop/caller', placement: { mode: 'redirect' } })?.clusters;
    const found = clusters?.find(({ name }) => name?.endsWith('a.out.example'));
    t.equal(found?.type, 'ORIGINAL_DST');
    t.same(found?.originalDstLbConfig, wanted);
  }
});
