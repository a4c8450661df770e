// Istio's own tool on what the Istio back end writes. Skipped where istioctl is not at hand.
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import t from 'tap';
import { emitIstio, type IstioObject, renderIstio } from '../backends/istio/index.ts';
import { loadMesh, type Mesh } from '../model/index.ts';
import * as b from './support/mesh-builder.ts';
import { shopMesh } from './support/shop-mesh.ts';

const istioctl = findIstioctl();

/** In PATH, or where the project keeps the tools it builds. */
function findIstioctl(): string | undefined {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'fairlead');
  const kept = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith('istio-')) : [];
  const directories = [...(process.env.PATH ?? '').split(delimiter), ...kept.sort().map((name) => join(cache, name))];
  return directories.map((directory) => join(directory, 'istioctl')).find((file) => existsSync(file));
}

/** What analyze wants to find besides Istio's objects: the Kubernetes Services and Pods that they speak of. */
function surroundings(mesh: Mesh): readonly IstioObject[] {
  const services = mesh.services.filter((service) => service.registry === 'cluster');
  const pods = mesh.workloads.filter((workload) => workload.proxy !== 'none');
  return [
    ...services.map(({ name, namespace, selector, ports }) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: { selector, ports: ports.map(({ name, number, targetPort }) => ({ name, port: number, targetPort })) },
    })),
    ...pods.map(({ name, namespace, labels }) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels, annotations: { 'sidecar.istio.io/status': '{}' } },
      spec: {
        containers: [
          { name: 'app', image: 'app' },
          { name: 'istio-proxy', image: 'proxyv2' },
        ],
      },
    })),
  ];
}

function run(...args: readonly string[]): string {
  try {
    return execFileSync(istioctl ?? '', args, { encoding: 'utf8', stdio: 'pipe', timeout: 60_000 });
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    return `${stdout}${stderr}`;
  }
}

function meshes(): readonly (readonly [string, Mesh])[] {
  const golden = globSync('golden/*/model.yaml', { cwd: import.meta.dirname });
  const stored = golden
    .sort()
    .map((file) => [file, loadMesh(readFileSync(join(import.meta.dirname, file), 'utf8'))] as const);
  const shop = shopMesh();
  // The shop of the analysis has a route to a version that does not exist, on purpose.
  const tables = shop.routeTables.map((table) => ({
    ...table,
    http: table.http.filter(({ action }) => action.kind !== 'ForwardAction' || action.destinations[0]?.subset !== 'v9'),
  }));
  return [['the shop', b.mesh({ ...shop, routeTables: tables })], ...stored];
}

/** Raw objects are their writers' business, and nobody but those who run it knows the address of a TCP service outside. */
function isKnown(finding: string): boolean {
  return /^Warning \[IST0133\] \(EnvoyFilter |^Warning \[IST0134\] /.test(finding);
}

const skip = istioctl === undefined && 'istioctl was found neither in PATH nor in the tool cache';

t.test('istioctl finds nothing wrong', { skip }, async (t) => {
  const directory = t.testdir();
  for (const [name, mesh] of meshes()) {
    const { objects, diagnostics } = emitIstio(mesh);
    if (diagnostics.some((d) => d.severity === 'error')) continue;
    const file = join(directory, `${name.replace(/\W/g, '-')}.yaml`);
    writeFileSync(file, renderIstio(objects));
    t.notMatch(run('validate', '-f', file), /Error:/, `${name}: validate`);
    writeFileSync(file, renderIstio([...surroundings(mesh), ...objects]));
    const findings = run('analyze', '--use-kube=false', '-A', file).split('\n');
    t.strictSame(
      findings.filter((line) => /^(Error|Warning) \[/.test(line) && !isKnown(line)),
      [],
      `${name}: analyze`,
    );
  }
});
