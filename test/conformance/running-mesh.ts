// A mesh on this machine with one kind of proxy: real control plane, authority and certificates; the applications in this process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Diagnostic,
  hostOf,
  indexMesh,
  keyOf,
  type Mesh,
  type MeshIndex,
  type SocketAddress,
} from '../../compiler/index.ts';
import { findEnvoy } from '../../compiler/test/support/envoy.ts';
import { startProxy } from '../../runtime/index.ts';
// The parts of a local mesh, below its public surface: here applications run in the test itself.
import { KnownInstances } from '../../runtime/discovery/known-instances.ts';
import { type AllocatedInstance, type Allocation, emptyAddressBook } from '../../runtime/local/allocate.ts';
import { claimRange } from '../../runtime/local/claim-range.ts';
import { LocalControl } from '../../runtime/local/local-control.ts';
import { emptyLocalFile } from '../../runtime/local/local-file.ts';
import { realize, Targets } from '../../runtime/local/realize.ts';
import { waitListening } from '../../runtime/local/wait-listening.ts';
import { type Application, type Seen, startApplications, servers } from './applications.ts';
import { machineApplications, machineInstances } from './machines.ts';
import { Connections } from './wire.ts';

export type ProxyKind = 'embedded' | 'envoy';

export interface RunningMesh {
  readonly kind: ProxyKind;
  readonly mesh: Mesh;
  readonly allocation: Allocation;
  /** PEM, for clients of HTTPS gateways. */
  readonly trustBundle: string;
  /** Of whoever asks. */
  readonly connections: Connections;
  /** What proxies refused, as the control plane reports it. */
  readonly refusals: readonly Diagnostic[];
  /** What applications received under an id (applications.ts). */
  received(id: string): readonly Seen[];
  close(): Promise<void>;
}

interface RunningProxy {
  close(): Promise<void>;
}

const startLimitMs = 20_000;

/** Resolves when every proxy has acknowledged everything and listens, or refused something. */
export async function runMesh(mesh: Mesh, kind: ProxyKind): Promise<RunningMesh> {
  const closing: (() => unknown)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    return await start(mesh, kind, closing, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  mesh: Mesh,
  kind: ProxyKind,
  closing: (() => unknown)[],
  close: () => Promise<void>,
): Promise<RunningMesh> {
  const claim = await claimRange(kind === 'envoy' ? 120 : 80);
  if (!claim.ok) throw new Error(claim.diagnostic.message);
  const { range } = claim;
  closing.push(() => range.release());
  const targets = new Targets();
  const local = emptyLocalFile('.');
  const { allocation, snapshotFor } = await realize(mesh, { local, range, previous: emptyAddressBook, targets });
  const { instances } = allocation;
  const index = indexMesh(mesh);
  for (const instance of instances) targets.of(instance);
  const discovery = new KnownInstances();
  discovery.set([...instances.map(({ instance }) => instance), ...machineInstances(index)]);
  const refusals: Diagnostic[] = [];
  const control = await LocalControl.start({
    trustDomain: mesh.settings.trustDomain,
    address: { host: `127.${range.base}.255.252`, port: 0 },
    targetOf: (key) => targets.find(key),
    discovery,
    report: (diagnostic) => void refusals.push(diagnostic),
  });
  if (control instanceof Error) throw control;
  closing.push(() => control.close());
  const applications = await startApplications([...applicationsOf(index, allocation), ...machineApplications(index)]);
  const { received } = applications;
  closing.push(() => applications.close());
  control.plane.publish({ commit: 'head', snapshotFor });
  const begin = kind === 'envoy' ? startEnvoy : startEmbedded;
  const proxies = await Promise.all(instances.map((instance) => begin(control.bootstrapOf(instance))));
  closing.push(() => Promise.all(proxies.map((proxy) => proxy.close())));
  await settle(control, instances, kind);
  const connections = new Connections();
  closing.push(() => connections.close());
  const trustBundle = control.authorities.gateways.trustBundle();
  return { kind, mesh, allocation, trustBundle, connections, refusals, received, close };
}

async function settle(control: LocalControl, instances: readonly AllocatedInstance[], kind: ProxyKind): Promise<void> {
  const missing = await control.waitConnected(instances, startLimitMs, () => false);
  if (missing.length > 0) throw new Error(`${kind}: never connected: ${missing.map(({ key }) => key).join(', ')}`);
  const nodes = instances.map(({ key }) => key);
  const report = await control.plane.ledger.waitFor('head', { timeoutMs: startLimitMs, nodes });
  if (report.outcome === 'nacked') return;
  if (report.outcome !== 'acked') throw new Error(`${kind}: not acknowledged: ${JSON.stringify(report)}`);
  // A listener is acknowledged before it listens: it may still wait for its certificate.
  const silent = await waitListening(instances.flatMap(socketsOf), {
    timeoutMs: startLimitMs,
    signal: new AbortController().signal,
  });
  if (silent.length > 0) throw new Error(`${kind}: nothing listens on ${JSON.stringify(silent)}`);
}

function socketsOf({ placement: { outboundHttp, gateway, inbound } }: AllocatedInstance): readonly SocketAddress[] {
  return [
    ...(outboundHttp ? [outboundHttp] : []),
    ...Object.values(gateway),
    ...Object.values(inbound).map(({ bind }) => bind),
  ];
}

function applicationsOf(index: MeshIndex, { instances, standIns }: Allocation): readonly Application[] {
  const inMesh = instances.flatMap(({ key, workload, version, placement }) => {
    const ports = index.servicesOf(workload).flatMap((service) => service.ports);
    return Object.entries(placement.inbound).map(([targetPort, { app }]): Application => {
      const protocol = ports.find((port) => String(port.targetPort) === targetPort)?.protocol ?? 'TCP';
      const served = { workload: keyOf(workload), version, port: targetPort };
      return { instance: key, ...served, protocol: servers[protocol], listen: app };
    });
  });
  const outside = standIns.map(({ key, listen, isHttp }): Application => {
    const service = index.mesh.services.find((s) => s.hosts.some((host) => key.startsWith(`${host}:`)));
    const workload = service ? hostOf(service) : key;
    const port = key.slice(key.lastIndexOf(':') + 1);
    return { instance: key, workload, version: '', port, protocol: isHttp ? 'http' : 'tcp', listen };
  });
  return [...inMesh, ...outside];
}

async function startEmbedded(bootstrap: object): Promise<RunningProxy> {
  return startProxy({ bootstrap, log: () => {} });
}

/** Envoy ends when its standard input does: with us, however we end. */
const leashed = '"$@" <&- & pid=$!; cat >/dev/null; kill -9 $pid';

async function startEnvoy(bootstrap: object): Promise<RunningProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-conformance-'));
  const file = join(folder, 'bootstrap.json');
  writeFileSync(file, JSON.stringify(bootstrap), { mode: 0o600 });
  const command = [findEnvoy() ?? 'envoy', '-c', file, '--concurrency', '1', '--disable-hot-restart', '-l', 'error'];
  const leash = spawn('sh', ['-c', leashed, 'sh', ...command], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(leash, 'exit');
  return {
    close: async () => {
      leash.stdin.end();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
