// Injection as tables: who gets a sidecar, what it looks like, and that doing it twice is doing it once.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import fc from 'fast-check';
import jsonPatch from 'fast-json-patch';
import t from 'tap';
import {
  type Container,
  defaultInjectConfig,
  injectManifest,
  injectPod,
  type Pod,
  type PodNamespace,
} from '../index.ts';

const native = defaultInjectConfig;
const classic = { ...defaultInjectConfig, nativeSidecar: false };
const enabled: PodNamespace = { name: 'shop', labels: { 'istio-injection': 'enabled' } };
const plain: PodNamespace = { name: 'shop', labels: {} };

function makePod(
  more: { labels?: Record<string, string>; annotations?: Record<string, string>; spec?: object } = {},
): Pod {
  const { labels, annotations, spec } = more;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'shoes-7d9', ...(labels && { labels }), ...(annotations && { annotations }) },
    spec: { containers: [{ name: 'app', image: 'shoes', ports: [{ name: 'web', containerPort: 8080 }] }], ...spec },
  };
}

const names = (list: readonly Container[] | null | undefined) => (list ?? []).map((c) => c.name);
const proxyOf = (pod: Pod) =>
  [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].find((c) => c.name === 'fairlead-proxy') as
    | (Container & { args: string[]; env: { name: string; value?: string }[]; resources: object; lifecycle: object })
    | undefined;
const rulesOf = (pod: Pod, family = 'RULES_IPV4') => {
  const init = pod.spec?.initContainers?.find((c) => c.name === 'fairlead-init') as
    | { env?: { name: string; value: string }[] }
    | undefined;
  return init?.env?.find((e) => e.name === family)?.value ?? '';
};

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
    [false, makePod({ annotations: inject('no') }), enabled, /is no/],
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
    [false, makePod({ spec: { containers: [{ name: 'istio-proxy' }] } }), enabled, /has a sidecar already/],
    [false, makePod({ annotations: { 'fairlead.dev/status': '{}' } }), enabled, /has a sidecar already/],
  ];
  for (const [expected, pod, namespace, reason] of rows) {
    const result = injectPod(pod, namespace, native);
    t.equal(result.injected, expected, result.reason);
    t.match(result.reason, reason);
    if (!expected) t.equal(result.pod, pod, 'left as it is');
  }
});

t.test('a choice that is neither yes nor no is refused', async (t) => {
  const result = injectPod(makePod({ labels: { 'fairlead.dev/inject': 'maybe' } }), enabled, native);
  t.match(result, {
    injected: false,
    patch: [],
    findings: [
      {
        path: ['metadata', 'labels', 'fairlead.dev/inject'],
        diagnostic: { code: 'FL0708', message: /"maybe" is neither true nor false/ },
      },
    ],
  });
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
    metadata: { ...pod.metadata, annotations: { 'proxy.istio.io/config': 'holdApplicationUntilProxyStarts: true' } },
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

t.test('rules of the redirection follow the annotations', async (t) => {
  const traffic = (values: Record<string, string>) =>
    makePod({
      annotations: Object.fromEntries(Object.entries(values).map(([k, v]) => [`traffic.sidecar.istio.io/${k}`, v])),
    });
  const rules = (values: Record<string, string>, family?: string) =>
    rulesOf(injectPod(traffic(values), enabled, native).pod, family);
  const usual = rules({});
  for (const port of [15090, 15021, 15020]) t.match(usual, `-A FAIRLEAD_INBOUND -p tcp --dport ${port} -j RETURN\n`);
  t.match(usual, /-A FAIRLEAD_INBOUND -p tcp -j FAIRLEAD_IN_REDIRECT\n/);
  t.match(usual, /-A FAIRLEAD_OUTBOUND -j FAIRLEAD_OUT_REDIRECT\nCOMMIT\n$/);
  t.match(usual, /--uid-owner 1337 -j RETURN/);
  const rows: [Record<string, string>, RegExp, RegExp?][] = [
    [
      { excludeOutboundPorts: '5432, 6379' },
      /-A FAIRLEAD_OUTBOUND -p tcp --dport 5432 -j RETURN\n.*--dport 6379 -j RETURN/,
    ],
    [
      { includeInboundPorts: '8080' },
      /-A FAIRLEAD_INBOUND -p tcp --dport 8080 -j FAIRLEAD_IN_REDIRECT/,
      /FAIRLEAD_INBOUND -p tcp -j/,
    ],
    [{ includeInboundPorts: '' }, /COMMIT/, /-A FAIRLEAD_INBOUND/],
    [
      { excludeInboundPorts: '9000' },
      /--dport 15090 -j RETURN[\s\S]*-A FAIRLEAD_INBOUND -p tcp --dport 9000 -j RETURN/,
    ],
    [
      { includeOutboundIPRanges: '10.0.0.0/8' },
      /-d 10\.0\.0\.0\/8 -j FAIRLEAD_OUT_REDIRECT\nCOMMIT/,
      /-A FAIRLEAD_OUTBOUND -j FAIRLEAD/,
    ],
    [{ includeOutboundIPRanges: '', includeOutboundPorts: '443' }, /--dport 443 -j FAIRLEAD_OUT_REDIRECT\nCOMMIT/],
    [{ excludeOutboundIPRanges: '192.168.0.0/16,fd00::/8' }, /-d 192\.168\.0\.0\/16 -j RETURN/, /fd00/],
  ];
  for (const [annotations, expected, absent] of rows) {
    t.match(rules(annotations), expected, JSON.stringify(annotations));
    if (absent) t.notMatch(rules(annotations), absent);
  }
  t.match(rules({ excludeOutboundIPRanges: '192.168.0.0/16,fd00::/8' }, 'RULES_IPV6'), /-d fd00::\/8 -j RETURN/);
  const off = makePod({ annotations: { 'status.sidecar.istio.io/port': '0' } });
  t.notMatch(rulesOf(injectPod(off, enabled, native).pod), /15020/);
});

t.test('an annotation that cannot be understood refuses the pod', async (t) => {
  const rows: [string, string, RegExp][] = [
    ['traffic.sidecar.istio.io/excludeOutboundPorts', '5432;6379', /"5432;6379" is not a port from 1 to 65535/],
    ['traffic.sidecar.istio.io/includeInboundPorts', '0', /"0" is not a port/],
    ['traffic.sidecar.istio.io/excludeInboundPorts', '*', /"\*" is not a port/],
    ['traffic.sidecar.istio.io/includeInboundPorts', '70000', /"70000" is not a port/],
    ['traffic.sidecar.istio.io/excludeOutboundIPRanges', '10.0.0.0', /"10.0.0.0" is not an address range/],
    ['traffic.sidecar.istio.io/includeOutboundIPRanges', '10.0.0.0/33', /is not an address range/],
    ['traffic.sidecar.istio.io/includeOutboundIPRanges', '1.1.1.1/8 -j ACCEPT', /is not an address range/],
    ['sidecar.istio.io/nativeSidecar', 'sometimes', /neither true nor false/],
    ['sidecar.istio.io/proxyCPU', 'lots', /"lots" is not a quantity/],
    ['status.sidecar.istio.io/port', 'x', /"x" is not a port/],
    ['proxy.istio.io/config', 'a: [', /not YAML/],
    ['proxy.istio.io/config', 'text', /not a YAML mapping/],
  ];
  for (const [annotation, value, message] of rows) {
    const result = injectPod(makePod({ annotations: { [annotation]: value } }), enabled, native);
    t.match(result, { injected: false, patch: [] });
    t.match(result.findings, [
      { path: ['metadata', 'annotations', annotation], diagnostic: { code: 'FL0708', severity: 'error', message } },
    ]);
  }
  const both = makePod({ annotations: { 'sidecar.istio.io/proxyCPU': '?', 'sidecar.istio.io/nativeSidecar': '?' } });
  t.equal(injectPod(both, enabled, native).findings.length, 2, 'all mistakes at once');
});

t.test('names and ports of the sidecar cannot be taken', async (t) => {
  const spec = {
    containers: [{ name: 'fairlead-init', ports: [{ containerPort: 15001 }] }],
    volumes: [{ name: 'fairlead-token' }],
  };
  t.match(
    injectPod(makePod({ spec }), enabled, native).findings.map((f) => [f.diagnostic.code, f.path.join('.')]),
    [
      ['FL0710', 'spec.containers.0.name'],
      ['FL0710', 'spec.containers.0.ports.0.containerPort'],
      ['FL0710', 'spec.volumes.0.name'],
    ],
  );
});

const probes = {
  name: 'app',
  ports: [{ name: 'web', containerPort: 8080 }],
  livenessProbe: {
    httpGet: { path: 'live?full=1', port: 'web', scheme: 'HTTPS', httpHeaders: [{ name: 'x', value: 'y' }] },
    periodSeconds: 7,
  },
  readinessProbe: { tcpSocket: { port: 5432 }, failureThreshold: 2 },
  startupProbe: { grpc: { port: 9000, service: 'up' } },
  lifecycle: { preStop: { httpGet: { path: '/bye', port: 8080 } }, postStart: { exec: { command: ['true'] } } },
};

t.test('probes and hooks go through the status port', async (t) => {
  const sidecar = { name: 'log', restartPolicy: 'Always', livenessProbe: { httpGet: { port: 2020 } } };
  const { pod, patch } = injectPod(
    makePod({ spec: { containers: [probes], initContainers: [sidecar] } }),
    enabled,
    native,
  );
  const at = (path: string) => ({ httpGet: { path, port: 15020 } });
  t.strictSame(pod.spec?.containers?.[0], {
    ...probes,
    livenessProbe: {
      periodSeconds: 7,
      httpGet: { path: '/app-health/app/livez', port: 15020, httpHeaders: [{ name: 'x', value: 'y' }] },
    },
    readinessProbe: { failureThreshold: 2, ...at('/app-health/app/readyz') },
    startupProbe: at('/app-health/app/startupz'),
    lifecycle: { preStop: at('/app-lifecycle/app/prestop'), postStart: { exec: { command: ['true'] } } },
  });
  t.match(
    pod.spec?.initContainers?.[2],
    { name: 'log', livenessProbe: at('/app-health/log/livez') },
    'the index it had before',
  );
  t.ok(patch.length <= 15, `${patch.length} operations`);
  const untouched = {
    name: 'app',
    livenessProbe: { httpGet: { port: 'unknown' } },
    readinessProbe: { tcpSocket: { port: 1, host: '10.0.0.1' } },
    startupProbe: { exec: {} },
  };
  t.strictSame(injectPod(makePod({ spec: { containers: [untouched] } }), enabled, native).pod.spec?.containers, [
    untouched,
  ]);
  for (const [annotation, value] of [
    ['sidecar.istio.io/rewriteAppHTTPProbers', 'false'],
    ['status.sidecar.istio.io/port', '0'],
  ] as const) {
    const kept = injectPod(
      makePod({ annotations: { [annotation]: value }, spec: { containers: [probes] } }),
      enabled,
      native,
    ).pod;
    t.strictSame(kept.spec?.containers, [probes], annotation);
  }
});

const envoy = spawnSync('envoy', ['--version']).status === 0;
t.test(
  'Envoy runs the bootstrap, and answers probes as the application would',
  { skip: envoy ? false : 'envoy is not in PATH' },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-inject-'));
    writeFileSync(join(folder, 'ca.crt'), rootCertificates[0] ?? '');
    writeFileSync(join(folder, 'token'), 'token');
    const app = createServer((request, response) => {
      response
        .writeHead(request.url === '/live?full=1' && request.headers['x-probe'] === 'y' ? 200 : 404)
        .end(request.url);
    });
    const port = await new Promise<number>((resolve) =>
      app.listen(0, '127.0.0.1', () => resolve((app.address() as AddressInfo).port)),
    );
    const container = {
      name: 'app',
      ports: [{ name: 'web', containerPort: port }],
      livenessProbe: { httpGet: { path: 'live?full=1', port: 'web' } },
      readinessProbe: { tcpSocket: { port } },
      startupProbe: { tcpSocket: { port: 1 } },
    };
    const { pod } = injectPod(makePod({ spec: { containers: [container] } }), enabled, native);
    const free = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    const bootstrap = (proxyOf(pod)?.env.find((e) => e.name === 'BOOTSTRAP')?.value ?? '')
      .replaceAll(/\$\(([A-Z_]+)\)/g, (_, name: string) => name.toLowerCase())
      .replaceAll(/\/var\/run\/secrets\/[a-z-]+/g, folder)
      .replaceAll(
        /"port_value":(15\d\d\d)/g,
        (_, number) => `"port_value":${free[[15000, 15020, 15021, 15090].indexOf(Number(number))]}`,
      );
    t.notMatch(bootstrap, /\$\(/);
    const verdict = spawnSync('envoy', ['--mode', 'validate', '--config-yaml', bootstrap], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    t.match(verdict.stderr + verdict.stdout, /OK/, 'valid as a whole');
    // There is no control plane here, for which Envoy would wait.
    const { dynamic_resources: _, ...standalone } = JSON.parse(bootstrap) as Record<string, unknown>;
    const child = spawn(
      'envoy',
      ['--config-yaml', JSON.stringify(standalone), '--disable-hot-restart', '-l', 'error', '--concurrency', '1'],
      { stdio: 'ignore' },
    );
    t.teardown(() => {
      child.kill('SIGKILL');
      app.close();
      rmSync(folder, { recursive: true });
    });
    const ask = (to: number | undefined, path: string) =>
      fetch(`http://127.0.0.1:${to}${path}`, { headers: { 'x-probe': 'y' } }).then(
        (r) => r.status,
        () => 0,
      );
    const settle = async (wanted: number, to: number | undefined, path: string) => {
      for (let i = 0; i < 100 && (await ask(to, path)) !== wanted; i++)
        await new Promise((resolve) => setTimeout(resolve, 50));
      return ask(to, path);
    };
    t.equal(await settle(200, free[1], '/app-health/app/livez'), 200, 'http, with query and headers');
    t.equal(await settle(200, free[1], '/app-health/app/readyz'), 200, 'a TCP port that is open');
    t.equal(await settle(503, free[1], '/app-health/app/startupz'), 503, 'a TCP port that is not');
    t.equal(await ask(free[1], '/app-health/app/else'), 404);
    t.equal(await settle(200, free[3], '/stats/prometheus'), 200);
    t.equal(await ask(free[2], '/healthz/ready'), 200);
  },
);

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );
  await new Promise((resolve) => server.close(resolve));
  return port;
}

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
