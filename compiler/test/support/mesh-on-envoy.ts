// Runs a mesh on real Envoys on the loopback interface: a proxy and a small application for each instance given.
import { createServer, type IncomingHttpHeaders, type RequestOptions, request } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { type ExplicitPlacement, planEnvoy, type ProxySnapshot, snapshotFor } from '../../backends/envoy/index.ts';
import { indexMesh, isHttp, type Mesh, type WorkloadInstance } from '../../model/index.ts';
import { type Resources, serveAds } from './ads.ts';
import { eventually, type RunningEnvoy, startEnvoy } from './envoy.ts';
import { placementFor } from './placements.ts';
import { resourcesOf, testAuthority } from './snapshot-resources.ts';

export interface InstancePlan {
  readonly id: string;
  /** `namespace/name` of the workload. */
  readonly workload: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** What the application says it got; undefined if no application answered. */
  readonly seen?: Seen;
}

export interface Seen {
  readonly app: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface MeshOnEnvoy {
  readonly placements: ReadonlyMap<string, ExplicitPlacement>;
  readonly refusals: readonly string[];
  envoy(id: string): RunningEnvoy;
  /** As the application behind a proxy sends it: `GET http://shoes/path`. */
  call(id: string, what: string, headers?: Record<string, string>): Promise<Answer>;
  /** What applications got, in order, copies that a mirror sent included. */
  readonly received: readonly Seen[];
  stop(): Promise<void>;
}

interface Instance extends InstancePlan {
  readonly placement: ExplicitPlacement;
  /** Absent for a workload without a proxy: its application is reached directly. */
  readonly snapshot: ProxySnapshot | undefined;
}

export async function runMesh(mesh: Mesh, plans: readonly InstancePlan[]): Promise<MeshOnEnvoy> {
  const plan = planEnvoy(mesh);
  const instances: Instance[] = [];
  for (const item of plans) {
    const placement = await placementFor(mesh, item.workload);
    const snapshot = snapshotFor(plan, { workload: item.workload, placement });
    instances.push({ ...item, placement, snapshot });
  }
  const authority = await testAuthority();
  const found = instances.map((instance) => discovered(mesh, instance));
  const resources = new Map<string, Resources>();
  for (const { id, snapshot } of instances) {
    if (snapshot) resources.set(id, await resourcesOf(snapshot, found, authority));
  }
  const ads = await serveAds((node) => resources.get(node) ?? {});
  const received: Seen[] = [];
  const started = instances.map((instance) => startApps(mesh, instance, (seen) => void received.push(seen)));
  const apps = (await Promise.all(started)).flat();
  const envoys = new Map<string, RunningEnvoy>();
  const stop = async () => {
    await Promise.all([...envoys.values()].map((envoy) => envoy.stop()));
    ads.stop();
    for (const app of apps) app.close();
  };
  try {
    for (const id of resources.keys()) envoys.set(id, await startEnvoy(id, ads.port));
    for (const [id, envoy] of envoys) await isUp(envoy, id);
  } catch (error) {
    await stop();
    throw new Error(ads.refusals.join('\n'), { cause: error });
  }
  const placements = new Map(instances.map(({ id, placement }) => [id, placement]));
  return {
    placements,
    received,
    refusals: ads.refusals,
    envoy: (id) => envoys.get(id) ?? unknown(id),
    call: (id, what, headers = {}) => {
      const [method = 'GET', url = ''] = what.split(' ');
      const [, host = '', path = '/'] = /^https?:\/\/([^/]*)(\/.*)?$/.exec(url) ?? [];
      const port = placements.get(id)?.outboundHttp?.port ?? unknown(id);
      return send({ port, method, path, headers: { host, ...headers } });
    },
    stop,
  };
}

/** One request to the loopback interface; `https` takes any certificate and sends `servername`. */
export function send(options: RequestOptions & { readonly servername?: string }, scheme = 'http'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const start = scheme === 'https' ? httpsRequest : request;
    const sent = start({ host: '127.0.0.1', agent: false, rejectUnauthorized: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const seen = response.headers['x-app'] === undefined ? {} : { seen: JSON.parse(body) as Seen };
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body, ...seen });
      });
    });
    sent.setTimeout(10_000, () => sent.destroy(new Error('no answer')));
    sent.on('error', reject);
    sent.end();
  });
}

/** Says hello and returns what came back before the connection was closed, or a first answer. */
export function talk(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('hello'));
    socket.setTimeout(10_000, () => socket.destroy());
    socket.once('data', (data) => {
      resolve(String(data));
      socket.destroy();
    });
    socket.once('close', () => resolve(''));
    socket.once('error', () => resolve(''));
  });
}

function discovered(mesh: Mesh, { id, workload, labels, placement, snapshot }: Instance): WorkloadInstance {
  const own = mesh.workloads.find((w) => `${w.namespace}/${w.name}` === workload) ?? unknown(workload);
  const ports = indexMesh(mesh)
    .servicesOf(own)
    .flatMap((service) => service.ports)
    .map(
      (port) => [port.name, placement.inbound[String(port.targetPort)]?.[snapshot ? 'bind' : 'app'].port ?? 0] as const,
    );
  const { namespace, serviceAccount } = own;
  const all = { ...own.labels, ...labels };
  return {
    name: id,
    namespace,
    labels: all,
    serviceAccount,
    address: '127.0.0.1',
    ports: Object.fromEntries(ports),
    healthy: true,
  };
}

/** For every port of the workload, an application of the right protocol that says what it got. */
async function startApps(
  mesh: Mesh,
  { id, workload, placement }: Instance,
  note: (seen: Seen) => void,
): Promise<Server[]> {
  const index = indexMesh(mesh);
  const own = index.workloadByKey.get(workload) ?? unknown(workload);
  const ports = index.servicesOf(own).flatMap((service) => service.ports);
  const protocols = new Map(ports.map((port) => [String(port.targetPort), port.protocol]));
  const served = [...protocols.keys()];
  return Promise.all(
    served.map(async (targetPort) => {
      const app = isHttp(protocols.get(targetPort) ?? 'TCP') ? httpApp(id, note) : tcpApp(id);
      const port = placement.inbound[targetPort]?.app.port ?? unknown(targetPort);
      await new Promise<void>((resolve) => app.listen(port, '127.0.0.1', resolve));
      return app;
    }),
  );
}

function httpApp(app: string, note: (seen: Seen) => void): Server {
  return createServer(({ method, url, headers }, response) => {
    const seen = { app, method, url, headers };
    note(seen as Seen);
    const end = () => {
      const status = Number(headers['x-answer-status'] ?? '200');
      response.writeHead(status, { 'content-type': 'application/json', 'x-app': app, 'x-from-app': 'yes' });
      response.end(JSON.stringify(seen));
    };
    if (headers['x-hesitate'] === undefined) end();
    else setTimeout(end, Number(headers['x-hesitate']));
  });
}

function tcpApp(app: string): Server {
  return createTcpServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => socket.write(`${app}:${data}`));
  });
}

async function isUp(envoy: RunningEnvoy, id: string): Promise<void> {
  await eventually(async () => (await envoy.admin('/ready')).startsWith('LIVE'), `${id} to be live`);
}

function unknown(what: string): never {
  throw new Error(`no ${what}`);
}
