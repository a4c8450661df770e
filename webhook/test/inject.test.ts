// Injection as tables: who gets a sidecar, what the pod becomes, and that doing it twice is doing it once.
import fc from 'fast-check';
import jsonPatch from 'fast-json-patch';
import t from 'tap';
import { injectManifest, injectPod, type Pod, type PodNamespace } from '../index.ts';
import { classic, enabled, makePod, names, native, plain, proxyOf } from './inject-support.ts';

t.test('who gets a sidecar', async (t) => {
  const inject = (value: string) => ({ 'sidecar.istio.io/inject': value });
  const ours = (value: string) => ({ 'fairlead.dev/inject': value });
  const ns = (labels: Record<string, string>, name = 'shop') => ({ name, labels });
  const rows: [boolean, Pod, PodNamespace, RegExp][] = [
    [false, makePod(), plain, /neither the pod nor its namespace asks/],
    [true, makePod(), enabled, /namespace shop opts in/],
    [true, makePod(), ns({ 'fairlead.dev/injection': 'enabled' }), /opts in/],
    [false, makePod(), ns({ 'istio-injection': 'enabled', 'fairlead.dev/injection': 'disabled' }), /opts out/],
    [false, makePod(), ns({ 'istio-injection': 'whatever' }), /neither/],
    [true, makePod({ labels: inject('true') }), plain, /label sidecar.istio.io\/inject is true/],
    [true, makePod({ labels: ours('true') }), plain, /label fairlead.dev\/inject is true/],
    [true, makePod({ annotations: inject('true') }), plain, /annotation sidecar/],
    [false, makePod({ labels: inject('false') }), enabled, /is false/],
    [false, makePod({ annotations: inject('false') }), enabled, /is false/],
    [true, makePod({ labels: inject('true'), annotations: inject('false') }), plain, /label/],
    [false, makePod({ labels: inject('false'), annotations: inject('true') }), enabled, /label/],
    [false, makePod({ labels: { ...inject('true'), ...ours('false') } }), enabled, /fairlead.dev\/inject is false/],
    [true, makePod({ labels: inject('') }), enabled, /opts in/],
    [false, makePod({ labels: inject('true') }), ns({ 'istio-injection': 'disabled' }), /opts out/],
    [false, makePod({ spec: { hostNetwork: true }, labels: inject('true') }), enabled, /node's network/],
    [
      false,
      makePod({ labels: inject('true') }),
      ns({ 'istio-injection': 'enabled' }, 'kube-system'),
      /belongs to the system/,
    ],
    [
      false,
      makePod({ annotations: { 'sidecar.istio.io/status': '{}' }, spec: { containers: [{ name: 'istio-proxy' }] } }),
      enabled,
      /has Istio's sidecar already/,
    ],
    [
      false,
      makePod({ annotations: { 'fairlead.dev/status': '{}' }, spec: { initContainers: [{ name: 'fairlead-proxy' }] } }),
      enabled,
      /has a sidecar already/,
    ],
  ];
  for (const [expected, pod, namespace, reason] of rows) {
    const result = injectPod(pod, namespace, native);
    t.equal(result.injected, expected, result.reason);
    t.match(result.reason, reason);
    if (!expected) t.equal(result.pod, pod, 'left as it is');
  }
});

t.test('a choice in any spelling that Istio does not take is refused, whoever it is for', async (t) => {
  const spellings = ['maybe', 'yes', 'no', 'on', 'off', 'y', 'n', 'True', 'FALSE', 'true ', '1'];
  for (const value of spellings) {
    for (const key of ['fairlead.dev/inject', 'sidecar.istio.io/inject']) {
      for (const holder of ['labels', 'annotations'] as const) {
        t.match(injectPod(makePod({ [holder]: { [key]: value } }), enabled, native), {
          injected: false,
          patch: [],
          findings: [
            { path: ['metadata', holder, key], diagnostic: { code: 'FL0708', message: /is neither true nor false/ } },
          ],
        });
      }
    }
  }
});

t.test('a pod that has but the name of a sidecar, or claims to have one, is refused', async (t) => {
  const rows: [Pod, string][] = [
    [makePod({ spec: { containers: [{ name: 'istio-proxy' }] } }), 'spec.containers.0.name'],
    [makePod({ spec: { containers: [{ name: 'istio-proxy', image: 'auto' }] } }), 'spec.containers.0.name'],
    [makePod({ spec: { containers: [{ name: 'fairlead-proxy' }] } }), 'spec.containers.0.name'],
    [makePod({ annotations: { 'fairlead.dev/status': '{}' } }), 'metadata.annotations.fairlead.dev/status'],
    [
      makePod({ annotations: { 'sidecar.istio.io/status': '{}' }, spec: { containers: [{ name: 'fairlead-proxy' }] } }),
      'spec.containers.0.name',
    ],
  ];
  for (const [pod, path] of rows) {
    const { injected, findings } = injectPod(pod, enabled, native);
    t.match({ injected, findings }, { injected: false, findings: [{ diagnostic: { code: 'FL0710' } }] });
    t.equal(findings[0]?.path.join('.'), path);
  }
});

t.test('a native sidecar starts after the redirection and before the init containers of the pod', async (t) => {
  const pod = makePod({
    spec: { initContainers: [{ name: 'migrate' }], volumes: [{ name: 'data' }] },
    annotations: { a: 'b' },
  });
  const result = injectPod(pod, enabled, native);
  t.strictSame(names(result.pod.spec?.initContainers), ['fairlead-init', 'fairlead-proxy', 'migrate']);
  t.strictSame(names(result.pod.spec?.containers), ['app']);
  t.match(proxyOf(result.pod), {
    restartPolicy: 'Always',
    startupProbe: { httpGet: { path: '/healthz/ready', port: 15021 } },
  });
  t.match(result.pod.metadata?.annotations, {
    a: 'b',
    'fairlead.dev/status': /"initContainers":\["fairlead-init","fairlead-proxy"\]/,
  });
  t.strictSame(
    (result.pod.spec?.volumes ?? []).map((v) => v.name),
    ['data', 'fairlead-token', 'fairlead-ca'],
  );
});

t.test('a classic sidecar stands beside the application, in front of it if that is to wait', async (t) => {
  const pod = makePod({ spec: { initContainers: [{ name: 'migrate' }] } });
  const beside = injectPod(pod, enabled, classic).pod;
  t.strictSame(
    names(beside.spec?.initContainers),
    ['migrate', 'fairlead-init'],
    "the pod's init containers keep the network",
  );
  t.strictSame(names(beside.spec?.containers), ['app', 'fairlead-proxy']);
  t.notMatch(proxyOf(beside)?.lifecycle, { postStart: Object });
  t.notOk(proxyOf(beside)?.restartPolicy);
  const annotated = {
    ...pod,
    metadata: { ...pod.metadata, annotations: { 'proxy.istio.io/config': 'holdApplicationUntilProxyStarts: yes' } },
  };
  for (const held of [
    injectPod(pod, enabled, { ...classic, holdApplicationUntilProxyStarts: true }).pod,
    injectPod(annotated, enabled, classic).pod,
  ]) {
    t.strictSame(names(held.spec?.containers), ['fairlead-proxy', 'app']);
    t.match(proxyOf(held)?.lifecycle, { postStart: { exec: { command: ['bash', '-c', /15021/] } }, preStop: {} });
  }
  const asked = makePod({ annotations: { 'sidecar.istio.io/nativeSidecar': 'true' } });
  t.strictSame(names(injectPod(asked, enabled, classic).pod.spec?.initContainers), ['fairlead-init', 'fairlead-proxy']);
});

t.test('the containers may do what they must and no more', async (t) => {
  const { pod } = injectPod(
    makePod({ annotations: { 'sidecar.istio.io/proxyCPU': '200m', 'sidecar.istio.io/proxyMemoryLimit': '1Gi' } }),
    enabled,
    native,
  );
  t.match(proxyOf(pod), {
    image: native.proxyImages.envoy,
    securityContext: {
      runAsUser: 1337,
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
    resources: { requests: { cpu: '200m', memory: '64Mi' }, limits: { cpu: '2', memory: '1Gi' } },
    readinessProbe: { httpGet: { path: '/healthz/ready', port: 15021 } },
  });
  t.match(pod.spec?.initContainers?.[0], {
    securityContext: { privileged: false, capabilities: { add: ['NET_ADMIN', 'NET_RAW'], drop: ['ALL'] } },
  });
  t.match(pod.spec?.volumes?.[0], { projected: { sources: [{ serviceAccountToken: { audience: 'fairlead' } }] } });
  t.match(proxyOf(injectPod(makePod(), enabled, { ...native, proxy: 'embedded' }).pod), {
    image: native.proxyImages.embedded,
    args: ['proxy', '--config-yaml', '$(BOOTSTRAP)'],
  });
});

t.test('the patch is small, and applying it gives the pod', async (t) => {
  const bare: Pod = { metadata: { generateName: 'a-' }, spec: { containers: [{ name: 'app' }] } };
  for (const [config, pod] of [
    [native, bare],
    [classic, bare],
    [native, makePod({ annotations: {}, spec: { volumes: [], initContainers: [] } })],
  ] as const) {
    const { patch, pod: expected } = injectPod(pod, enabled, config);
    t.ok(patch.length <= 6, `${patch.length} operations`);
    t.strictSame(jsonPatch.applyPatch(structuredClone(pod), [...patch], true).newDocument, expected);
  }
  t.strictSame(
    injectPod(bare, enabled, native).patch.map((p) => `${p.op} ${p.path}`),
    ['add /metadata/annotations', 'add /spec/volumes', 'add /spec/initContainers'],
  );
});

const choice = fc.option(fc.constantFrom('true', 'false', ''), { nil: undefined });
const containerArbitrary = fc.record(
  {
    name: fc.stringMatching(/^[a-z]{1,8}$/),
    ports: fc.array(fc.record({ containerPort: fc.integer({ min: 1, max: 9999 }) }), { maxLength: 2 }),
    livenessProbe: fc.constant({ httpGet: { port: 80 } }),
    readinessProbe: fc.constant({ tcpSocket: { port: 81 } }),
  },
  { requiredKeys: ['name'] },
);
const podArbitrary: fc.Arbitrary<Pod> = fc.record({
  metadata: fc.record(
    {
      labels: choice.map((c) => (c === undefined ? null : { 'sidecar.istio.io/inject': c })),
      annotations: fc.option(fc.constant({ 'traffic.sidecar.istio.io/excludeOutboundPorts': '1' })),
    },
    { requiredKeys: [] },
  ),
  spec: fc.record(
    {
      containers: fc.array(containerArbitrary, { minLength: 1, maxLength: 3 }),
      initContainers: fc.option(fc.array(containerArbitrary, { maxLength: 2 })),
      volumes: fc.option(fc.array(fc.record({ name: fc.stringMatching(/^[a-z]{1,8}$/) }), { maxLength: 2 })),
      hostNetwork: fc.boolean(),
    },
    { requiredKeys: ['containers'] },
  ),
});

t.test('injecting twice is injecting once, and the pod given is never touched', async () => {
  fc.assert(
    fc.property(podArbitrary, fc.boolean(), fc.boolean(), (pod, isNative, hold) => {
      const before = structuredClone(pod);
      const config = { ...native, nativeSidecar: isNative, holdApplicationUntilProxyStarts: hold };
      const once = injectPod(pod, enabled, config);
      const twice = injectPod(once.pod, enabled, config);
      const same =
        JSON.stringify(jsonPatch.applyPatch(structuredClone(pod), [...once.patch]).newDocument) ===
        JSON.stringify(once.pod);
      return (
        twice.patch.length === 0 &&
        same &&
        once.patch.length > 0 === once.injected &&
        JSON.stringify(before) === JSON.stringify(pod)
      );
    }),
    { numRuns: 300 },
  );
});

t.test('a manifest is injected as admission would', async (t) => {
  const manifest = `# the shop
apiVersion: apps/v1
kind: Deployment
metadata: { name: shoes, namespace: shop }
spec:
  replicas: 2 # for now
  template:
    metadata: { labels: { app: shoes } }
    spec:
      containers: [{ name: app, image: shoes }]
---
apiVersion: v1
kind: Service
metadata: { name: shoes }
---
apiVersion: v1
kind: Pod
metadata: { name: agent }
spec: { hostNetwork: true, containers: [{ name: agent }] }
`;
  const result = injectManifest(manifest);
  t.match(result, { ok: true, notes: ["Pod agent: left alone, for the pod uses its node's network"] });
  t.match(
    result.text,
    /# the shop[\s\S]*replicas: 2 # for now[\s\S]*name: fairlead-proxy[\s\S]*---\napiVersion: v1\nkind: Service/,
  );
  const again = injectManifest(result.text);
  t.equal(again.text, result.text, 'once more changes nothing');
  t.match(again.notes, [/Deployment shop\/shoes: left alone, for the pod has a sidecar already/, /agent/]);
  t.match(
    injectManifest('kind: Pod\nmetadata: {annotations: {sidecar.istio.io/proxyCPU: x}}\nspec: {containers: []}'),
    {
      ok: false,
      text: '',
      notes: [/^error: Pod \(unnamed\): FL0708 metadata.annotations\["sidecar.istio.io\/proxyCPU"\]: /],
    },
  );
  t.match(injectManifest('a: [b'), { ok: false, text: '' });
});
