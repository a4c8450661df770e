// Sends one request into a running mesh as its caller would, exactly as written, and notes everything that comes back.
import net from 'node:net';
import {
  type Call,
  coversHost,
  hostAliases,
  hostOf,
  isSelected,
  keyOf,
  outside,
  type SocketAddress,
  unmeshed,
  nothingLeft,
  schemeOf,
  servesGateway,
  servedListeners,
} from '../../compiler/index.ts';
import type { AllocatedInstance } from '../../runtime/local/allocate.ts';
import { echoHeader, type Seen } from './applications.ts';
import type { RunningMesh } from './running-mesh.ts';
import { type Answer, bytesToSend, Connections, usualAuthority } from './wire.ts';

export interface PlannedRequest {
  readonly call: Call;
  /** The Host header where it is not simply the host and a port that is not 80. */
  readonly authority?: string;
  /** The server name in TLS where it is not that of the host: a connection that was made for another. */
  readonly serverName?: string;
  /** Which of several instances a process without a proxy dials; else the first. */
  readonly turn?: number;
  /** What it is to find out. */
  readonly why: string;
}

export interface Observation {
  /** 0: closed without an HTTP answer. For TCP, 200 if an application answered. */
  readonly status: number;
  /** Values of one name are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Absent if no application answered. */
  readonly seen?: Seen;
  readonly error?: string;
}

const limitMs = 15_000;

/** undefined if the mesh has no such caller or nothing to dial, so that there is nothing to observe. */
export async function ask(running: RunningMesh, planned: PlannedRequest): Promise<Observation | undefined> {
  const at = addressFor(running, planned);
  if (at === undefined) return undefined;
  if (at === 'nothing') return { status: 0, headers: {}, body: '', error: 'nothing listens' };
  return planned.call.request.scheme === 'tcp'
    ? askTcp(at)
    : askHttp(at, planned, running.trustBundle, running.connections);
}

function addressFor(running: RunningMesh, { call, turn = 0 }: PlannedRequest): SocketAddress | 'nothing' | undefined {
  const { from, request, gateway } = call;
  const { instances } = running.allocation;
  if (from === outside) return gatewaySocket(running, request, gateway);
  const plain = running.mesh.workloads.find((w) => w.proxy === 'none' && keyOf(w) === from);
  if (from === unmeshed || plain) return inboundSocket(running, request, plain?.namespace ?? '', turn);
  const caller = instances.find(({ workload }) => keyOf(workload) === from);
  if (!caller) return undefined;
  if (request.scheme !== 'tcp') return caller.placement.outboundHttp;
  return tcpSocket(caller, request) ?? 'nothing';
}

type Requested = Pick<Call['request'], 'scheme' | 'host' | 'port'>;

function gatewaySocket(running: RunningMesh, { scheme, port }: Requested, only?: string): SocketAddress | undefined {
  for (const { workload, placement } of running.allocation.instances) {
    if (only !== undefined && keyOf(workload) !== only) continue;
    const served = running.mesh.gateways.filter((gateway) => servesGateway(workload, gateway));
    const isSpoken = (servedListeners(served).get(port) ?? []).some((listener) => schemeOf(listener) === scheme);
    const at = placement.gateway[port];
    if (at && isSpoken) return at;
  }
  return undefined;
}

/** What a process without a proxy dials: an instance of the service, straight. */
function inboundSocket(
  { mesh, allocation }: RunningMesh,
  { host, port }: Requested,
  namespace: string,
  turn: number,
): SocketAddress | undefined {
  const service = mesh.services.find((s) => hostAliases(hostOf(s), namespace).includes(host));
  const targetPort = service?.ports.find((p) => p.number === port)?.targetPort;
  const serving = allocation.instances.filter(
    ({ labels, workload }) => workload.namespace === service?.namespace && isSelected(service.selector, labels),
  );
  const instance = serving[turn % serving.length];
  return instance?.placement.inbound[String(targetPort)]?.bind;
}

function tcpSocket({ placement, workload }: AllocatedInstance, { host, port }: Requested): SocketAddress | undefined {
  const onPort = Object.entries(placement.outboundTcp).flatMap(([target, socket]) => {
    const [, name = '', number = ''] = /^(.*):(\d+)$/.exec(target) ?? [];
    return Number(number) === port ? [{ name, socket }] : [];
  });
  const own = onPort.find(({ name }) => hostAliases(name, workload.namespace).includes(host));
  return (own ?? onPort.find(({ name }) => coversHost(name, host)))?.socket;
}

/** Without connections to share, on one of its own. */
export async function askHttp(
  at: SocketAddress,
  { call, authority, serverName }: PlannedRequest,
  ca: string,
  shared?: Connections,
): Promise<Observation> {
  const { scheme, host, port, method, path, headers, ...rest } = call.request;
  nothingLeft(rest);
  const bytes = bytesToSend({ method, path, headers }, authority ?? usualAuthority({ scheme, host, port }));
  const connections = shared ?? new Connections();
  // Whether the certificate is for the host is between the client and whoever gave the gateway its certificate.
  // https://www.rfc-editor.org/rfc/rfc6066#section-3: no dot at the end.
  const tls = { servername: serverName ?? host.replace(/\.$/, ''), ca, checkServerIdentity: () => undefined };
  try {
    const sending = { bytes, isHead: method === 'HEAD', limitMs };
    return observed(await connections.exchange({ at, ...(scheme === 'https' && { tls }) }, sending));
  } catch (error) {
    return { status: 0, headers: {}, body: '', error: error instanceof Error ? error.message : String(error) };
  } finally {
    if (!shared) connections.close();
  }
}

function observed({ status, headers, body }: Answer): Observation {
  const pairs = headers.flatMap((name, i) => (i % 2 === 0 ? [[name, headers[i + 1] ?? ''] as const] : []));
  const byName = Map.groupBy(pairs, ([name]) => name);
  const joined = Object.fromEntries([...byName].map(([name, all]) => [name, all.map(([, value]) => value).join(', ')]));
  const echo = joined[echoHeader];
  const seen = echo === undefined ? {} : { seen: JSON.parse(decodeURIComponent(echo)) as Seen };
  return { status, headers: joined, body, ...seen };
}

/** An application answers with its name; a proxy that denies a connection accepts it and closes it. */
export function askTcp(at: SocketAddress): Promise<Observation> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: at.address, port: at.port });
    let body = '';
    const finish = (error?: string) => {
      clearTimeout(timer);
      socket.destroy();
      // A proxy that wants TLS may still send an alert before it closes.
      resolve({ status: body.endsWith('hello') ? 200 : 0, headers: {}, body, ...(error !== undefined && { error }) });
    };
    const timer = setTimeout(() => finish(`no answer within ${limitMs} ms`), limitMs);
    socket.on('connect', () => socket.write('hello'));
    socket.on('data', (data) => {
      body += data.toString('latin1');
      if (body.endsWith('hello')) finish();
    });
    socket.on('close', () => finish('the connection was closed'));
    socket.on('error', (error) => finish(error.message));
  });
}
