// Everything about a sidecar that meets traffic: the redirection, the annotations that steer it, probes, and the bootstrap under real Envoy.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import t from 'tap';
import { compile } from '../../compiler/index.ts';
import { injectPod } from '../index.ts';
import { enabled, makePod, native, proxyOf, rulesOf } from './inject-support.ts';
import { freePort } from '../../test/support/free-ports.ts';

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

t.test('what the sidecar keeps for itself is refused to services', async (t) => {
  const { pod } = injectPod(makePod({}), enabled, native);
  const codesOf = (ports: string) =>
    compile({
      label: 'test',
      files: [
        {
          path: 'a.yaml',
          text: `apiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata: { name: a, namespace: shop }\nspec: { ports: [{ name: http, ${ports} }] }\n`,
        },
      ],
      diagnostics: [],
    }).diagnostics.map(({ code }) => code);
  t.same(codesOf('port: 80, targetPort: 8080'), []);
  const past = [...rulesOf(pod).matchAll(/-A FAIRLEAD_INBOUND -p tcp --dport (\d+) -j RETURN/g)].map(
    ([, port]) => port,
  );
  const caught = [...rulesOf(pod).matchAll(/--to-ports (\d+)/g)].map(([, port]) => port);
  const bootstrap = JSON.parse(proxyOf(pod)?.env.find((e) => e.name === 'BOOTSTRAP')?.value ?? '') as {
    static_resources: { listeners: { address: { socket_address: { port_value: number } } }[] };
  };
  const bound = bootstrap.static_resources.listeners.map(({ address }) => address.socket_address.port_value);
  t.equal(past.length, 3, 'what the rules leave to the application');
  for (const port of past) t.same(codesOf(`port: 80, targetPort: ${port}`), ['FL0462'], `target port ${port}`);
  t.equal(bound.length, 3, 'listeners of the bootstrap');
  t.equal(caught.length, 2, 'listeners for what is redirected');
  for (const port of [...bound, ...caught])
    t.same(codesOf(`port: ${port}, targetPort: 8080`), ['FL0462'], `port ${port}`);
});

const canLoad = spawnSync('unshare', ['--net', 'iptables-restore', '--version']).status === 0;
t.test('the kernel takes the rules', { skip: canLoad ? false : 'needs root and iptables-restore' }, async (t) => {
  const { pod } = injectPod(
    makePod({
      annotations: {
        'traffic.sidecar.istio.io/excludeOutboundPorts': '5432',
        'traffic.sidecar.istio.io/includeOutboundPorts': '443',
        'traffic.sidecar.istio.io/includeOutboundIPRanges': '10.0.0.0/8,fd00::/8',
        'traffic.sidecar.istio.io/excludeOutboundIPRanges': '10.1.0.0/16,fd01::/16',
      },
    }),
    enabled,
    native,
  );
  for (const [command, family] of [
    ['iptables-restore', 'RULES_IPV4'],
    ['ip6tables-restore', 'RULES_IPV6'],
  ] as const) {
    const run = spawnSync('unshare', ['--net', command, '--noflush'], {
      input: rulesOf(pod, family),
      encoding: 'utf8',
    });
    t.equal(run.status, 0, run.stderr);
  }
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
    ['proxy.istio.io/config', 'a: [', /not a YAML mapping: not valid YAML/],
    ['proxy.istio.io/config', '[a]', /not a YAML mapping/],
    ['proxy.istio.io/config', 'holdApplicationUntilProxyStarts: "yes"', /neither true nor false/],
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
