// A machine in a service's selector: into which of its versions it goes, for verdicts, endpoints, reviews and what is run locally alike.
import t from 'tap';
import { assignmentFrom, checkEnvoy, indexInstances, planEnvoy, snapshotFor } from '../backends/envoy/index.ts';
import { decide, reach } from '../analysis/index.ts';
import { indexMesh, keyOf, type WorkloadInstance, workloadsBehind } from '../model/index.ts';
import { compiledIntent, type Edit, linesOf, reviewOf } from './support/review-intent.ts';

const header = 'apiVersion: fairlead.dev/v1alpha1\n';
const withLabels = (labels: string) =>
  `${header}kind: MeshService
metadata: { name: web, namespace: shop }
spec: { ports: [{ port: 80 }], uses: [shoes] }
---
${header}kind: MeshService
metadata: { name: shoes, namespace: shop }
spec:
  ports: [{ port: 80, targetPort: 8080 }]
  versions: { v1: { version: v1 }, v2: { version: v2 } }
  routes:
    - match: { path: /two }
      to: [{ version: v2 }]
    - to: [{ version: v1 }]
---
${header}kind: MeshWorkload
metadata: { name: old, namespace: shop }
spec: { address: 10.0.0.7, ports: [{ name: http, port: 80 }], labels: LABELS }
`.replace('LABELS', labels);

/** Whether the machine is among what serves the versions v1 and v2. */
const cases: readonly (readonly [labels: string, v1: boolean, v2: boolean])[] = [
  ['{ app: old }', false, false],
  ['{ app: shoes }', false, false],
  ['{ app: shoes, version: v1 }', true, false],
  ['{ app: shoes, version: v2 }', false, true],
];

for (const [labels, ...expected] of cases) {
  t.test(`a machine with labels ${labels}`, async (t) => {
    const mesh = compiledIntent(withLabels(labels));
    const index = indexMesh(mesh);
    const served = ['/one', '/two'].map((path) => {
      const request = { method: 'GET', scheme: 'http', host: 'shoes', port: 80, path, headers: {} } as const;
      const { shares } = decide(index, { from: 'shop/web', request });
      return shares.flatMap(({ targets }) => targets.map(({ workload }) => workload)).includes('shop/old');
    });
    t.same(served, expected, 'verdicts');
    const service = index.serviceByHost.get('shoes.shop.svc.cluster.local');
    const behind = ['v1', 'v2'].map((version) => service && workloadsBehind(index, service, { version }).map(keyOf));
    t.same(
      behind.map((keys) => keys?.includes('shop/old')),
      expected,
    );
    const machine = mesh.workloads.find(({ name }) => name === 'old');
    const instance: WorkloadInstance = {
      name: 'old',
      namespace: 'shop',
      labels: machine?.labels ?? {},
      serviceAccount: '',
      address: '10.0.0.7',
      ports: {},
      healthy: true,
    };
    const proxy = snapshotFor(planEnvoy(mesh), { workload: 'shop/web', placement: { mode: 'redirect' } });
    const assigned = ['v1', 'v2'].map((version) => {
      const selector = proxy?.endpoints.find(({ labels: { version: found } }) => found === version);
      return selector && assignmentFrom(indexInstances([instance]), selector).endpoints !== undefined;
    });
    t.same(assigned, expected, 'endpoints');
  });
}

t.test('towards a machine in a service a proxy speaks plain text, to all else mutual TLS', async (t) => {
  const placement = { mode: 'redirect' } as const;
  const instance = (name: string, address: string, version: string): WorkloadInstance => {
    return {
      name,
      namespace: 'shop',
      labels: { app: 'shoes', version },
      serviceAccount: '',
      address,
      ports: {},
      healthy: true,
    };
  };
  const index = indexInstances([
    instance('old', '10.0.0.7', 'v1'),
    instance('pod-1', '10.0.0.8', 'v1'),
    instance('pod-2', '10.0.0.9', 'v2'),
  ]);
  const plan = planEnvoy(compiledIntent(withLabels('{ app: shoes, version: v1 }')));
  const proxy = snapshotFor(plan, { workload: 'shop/web', placement });
  const marksOf = (version: string) => {
    const selector = proxy?.endpoints.find(({ labels }) => labels.version === version);
    const cluster = proxy?.clusters.find(({ name }) => name === selector?.cluster);
    const found = selector && assignmentFrom(index, selector).endpoints?.[0]?.lbEndpoints;
    return {
      sockets: [...(cluster?.transportSocketMatches ?? []), cluster].map((one) => one?.transportSocket?.name),
      marks: found?.map(({ metadata }) => metadata?.filterMetadata),
    };
  };
  const plain = { 'envoy.transport_socket_match': { tlsMode: 'disabled' } };
  const [raw, tls] = ['envoy.transport_sockets.raw_buffer', 'envoy.transport_sockets.tls'];
  t.strictSame(marksOf('v1'), { sockets: [raw, tls], marks: [plain, undefined] });
  t.strictSame(marksOf('v2'), { sockets: [tls], marks: [undefined] });
  const [finding] = checkEnvoy(plan);
  t.match(finding, { code: 'FL0555', message: /in shop\/old, without; callers speak plain text to the latter/ });
});

t.test('a review tells of a machine in a service where it gets into a version', async (t) => {
  const review = (labels: string) => linesOf(reviewOf(withLabels('{ app: old }'), ['{ app: old }', labels]));
  t.notMatch(review('{ app: shoes }').join('\n'), /shop\/web/);
  t.match(
    review('{ app: shoes, version: v2 }').join('\n'),
    /calls from shop\/web to shoes\.shop:80 go on in plain text/,
  );
});

const served = withLabels('{ app: shoes, version: v1 }');

t.test('callers of a service are told of a new address of a machine that serves it', async (t) => {
  const { rows } = reviewOf(served, ['10.0.0.7', '10.0.0.8']);
  const [own, shared] = [['shop/old', 'unmeshed'], ['shop/web']].map((callers) =>
    rows.find((row) => row.callers.join() === callers.join()),
  );
  t.match(own?.title, /vm|old\.shop:80 reach other instances$/);
  t.equal(shared?.title, 'calls from shop/web to shoes.shop:80 reach other instances');
  t.same([shared?.from, shared?.to], ['10.0.0.7, app=shoes version=v1', '10.0.0.8, app=shoes version=v1']);
  t.same(
    shared?.head.map(({ text }) => text),
    ['old.shop is found by 10.0.0.8'],
  );
});

t.test('Kubernetes sends a machine nothing that is addressed to a Service', async (t) => {
  const mesh = compiledIntent(served);
  const request = { method: 'GET', scheme: 'http', host: 'shoes.shop', port: 80, path: '/one', headers: {} } as const;
  const reachedBy = (from: string) =>
    decide(indexMesh(mesh), { from, request }).shares.flatMap(({ targets }) => targets.map(({ workload }) => workload));
  t.same(reachedBy('shop/web'), ['shop/old', 'shop/shoes']);
  t.same(reachedBy('unmeshed'), ['shop/shoes']);
  t.same(reachedBy('shop/old'), ['shop/shoes'], 'nor where the caller is a machine itself');
  const rows = reach(indexMesh(mesh), { from: 'unmeshed', to: 'shoes.shop.svc.cluster.local' });
  t.same(
    rows.map((row) => row.reach),
    ['none'],
    'and of the pods none takes plain text',
  );
  const gone: Edit = ['labels: { app: shoes, version: v1 }', 'labels: { app: other }'];
  t.notMatch(linesOf(reviewOf(served, gone)).join('\n'), /without a proxy.* shoes\.shop/);
});
