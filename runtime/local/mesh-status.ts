// What a local mesh tells of itself, and requests sent into it. Reads only.
import {
  hostAliases,
  keyOf,
  type Mesh,
  type SocketAddress,
  runsGateway,
  isOpenEgress,
  gatewaysOn,
} from '../../compiler/index.ts';
import type { ProxyStatus } from '../control-plane/status.ts';
import type { DeployRecord } from '../deploy/deploy-record.ts';
import type { AllocatedInstance } from './allocate.ts';
import type { ProgramStatus } from './processes.ts';
import type { Realized } from './realize.ts';
import { hostsInPlain } from './stand-in-tls.ts';
import { type MeshAnswer, type MeshRequest, sendHttp, sendTcp } from './send-request.ts';

/** Addresses are `host:port`. */
export interface MeshAddresses {
  /** By `namespace/name` of the gateway, then by name of the listener. */
  readonly gateways: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly instances: readonly InstanceAddresses[];
  /** By `host:port` of what is outside the mesh: where it is played on this machine. */
  readonly external: Readonly<Record<string, string>>;
  /** Those towards which TLS is originated, but not here. */
  readonly externalInPlain: readonly string[];
}

export interface InstanceAddresses {
  /** `shop/shoes-v1-0`. */
  readonly key: string;
  readonly name: string;
  /** `namespace/name`. */
  readonly workload: string;
  readonly version: string;
  /** As HTTP_PROXY of its application. */
  readonly outboundHttp?: string;
  /** By `host:port` of a TCP service that the workload may call. */
  readonly outboundTcp: Readonly<Record<string, string>>;
  /** Where its sidecar listens for the mesh, by name of the service port. */
  readonly inbound: Readonly<Record<string, string>>;
}

export interface LocalStatus {
  /** The commit that is live. */
  readonly commit?: string;
  readonly addresses: MeshAddresses;
  readonly proxies: readonly LocalProxyStatus[];
  readonly programs: readonly ProgramStatus[];
  /** Newest first. */
  readonly deployments: readonly DeployRecord[];
}

export interface LocalProxyStatus {
  /** Key of the instance. */
  readonly id: string;
  readonly workload: string;
  /** `current`: has accepted the live commit. `behind`: is connected and has not, or has refused it. `gone`: not connected. */
  readonly state: 'current' | 'behind' | 'gone';
  readonly ackedCommit?: string;
  /** The program it runs in, among `programs`. */
  readonly program?: string;
}

export function addressesOf(live: Realized | undefined): MeshAddresses {
  const instances = live?.allocation.instances ?? [];
  const gateways = instances.filter(({ workload }) => runsGateway(workload));
  return {
    // Of several replicas of a gateway the first is named: any of them serves.
    gateways: Object.fromEntries(
      gateways.toReversed().map((gateway) => [keyOf(gateway.workload), listenersOf(gateway, live?.mesh)]),
    ),
    instances: instances.map((instance) => addressesOfInstance(instance, live?.mesh)),
    external: Object.fromEntries((live?.allocation.standIns ?? []).map(({ key, listen }) => [key, format(listen)])),
    externalInPlain: live ? standInsInPlain(live) : [],
  };
}

function standInsInPlain({ mesh, allocation }: Realized): readonly string[] {
  const hosts = hostsInPlain(mesh);
  return allocation.standIns.map(({ key }) => key).filter((key) => hosts.has(key.replace(/:\d+$/, '')));
}

/** By name; those of another gateway that the proxy serves as well, with the gateway's. */
function listenersOf({ workload, placement }: AllocatedInstance, mesh: Mesh | undefined): Record<string, string> {
  const own = keyOf(workload);
  const gateways = gatewaysOn(workload, mesh?.gateways ?? []);
  const named = gateways.flatMap((gateway) =>
    gateway.listeners.flatMap(({ name, port }) => {
      const at = placement.gateway[port];
      const key = keyOf(gateway);
      return at ? [[key === own ? name : `${key}/${name}`, format(at)] as const] : [];
    }),
  );
  return Object.fromEntries(named);
}

function addressesOfInstance(allocated: AllocatedInstance, mesh: Mesh | undefined): InstanceAddresses {
  const { key, name, workload, version, placement, instance } = allocated;
  const scope = mesh?.egressScopes.find((s) => s.workload === keyOf(workload));
  const isOpen = (target: string) =>
    (scope && isOpenEgress(scope.mode)) ||
    scope?.hosts.some(({ host, ports }) => {
      const [, dialled, port] = /^(.*):(\d+)$/.exec(target) ?? [];
      return dialled === host && (ports.length === 0 || ports.includes(Number(port)));
    });
  const outboundTcp = Object.entries(placement.outboundTcp).filter(([target]) => isOpen(target));
  const inbound = Object.entries(instance.ports).map(
    ([port, number]) => [port, `${instance.address}:${number}`] as const,
  );
  return {
    key,
    name,
    workload: keyOf(workload),
    version,
    ...(placement.outboundHttp && { outboundHttp: format(placement.outboundHttp) }),
    outboundTcp: formatAll(Object.fromEntries(outboundTcp)),
    inbound: Object.fromEntries(inbound),
  };
}

export interface StatusSources {
  readonly live: Realized | undefined;
  readonly commit: string | undefined;
  readonly records: readonly DeployRecord[];
  readonly proxies: readonly ProxyStatus[];
  readonly programs: readonly ProgramStatus[];
  processOf(key: string): string | undefined;
}

export function statusOf(sources: StatusSources): LocalStatus {
  const { live, commit, records, proxies, programs } = sources;
  return {
    ...(commit !== undefined && { commit }),
    addresses: addressesOf(live),
    proxies: (live?.allocation.instances ?? []).map(({ key, workload }) => {
      const connected = proxies.find((proxy) => proxy.node === key);
      const program = sources.processOf(key);
      const { ackedCommit } = connected ?? {};
      return {
        id: key,
        workload: keyOf(workload),
        state: !connected ? 'gone' : ackedCommit === commit ? 'current' : 'behind',
        ...(ackedCommit !== undefined && { ackedCommit }),
        ...(program !== undefined && { program }),
      };
    }),
    programs,
    deployments: records,
  };
}

/** See `LocalMesh.call`. */
export async function callMesh(
  live: Realized | undefined,
  ca: string,
  from: string,
  request: MeshRequest,
): Promise<MeshAnswer> {
  const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
  if (!url) return refused(`"${request.url}" is no URL`);
  if (!live) return refused('nothing is deployed');
  if (from === 'outside') return callGateway(live, ca, url, request);
  const instance = live.allocation.instances.find((i) => i.key === from || keyOf(i.workload) === from);
  if (!instance) return refused(`no instance of "${from}" runs`);
  if (url.protocol === 'tcp:') {
    const at = tcpSocket(instance, url);
    return at ? sendTcp(at, request) : refused(`there is no TCP service ${url.host}`);
  }
  const at = instance.placement.outboundHttp;
  return at ? sendHttp(at, request) : refused(`${instance.key} has no sidecar`);
}

function callGateway(live: Realized, ca: string, url: URL, request: MeshRequest): Promise<MeshAnswer> | MeshAnswer {
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  for (const { workload, placement } of live.allocation.instances) {
    const at = runsGateway(workload) ? placement.gateway[port] : undefined;
    if (at) return sendHttp(at, request, ca);
  }
  return refused(`no gateway listens on port ${port}`);
}

function tcpSocket({ placement, workload }: AllocatedInstance, url: URL): SocketAddress | undefined {
  const found = Object.entries(placement.outboundTcp).find(([target]) => {
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(target) ?? [];
    return port === url.port && hostAliases(host, workload.namespace).includes(url.hostname);
  });
  return found?.[1];
}

function refused(error: string): MeshAnswer {
  return { status: 0, headers: {}, body: '', error };
}

function formatAll(sockets: Readonly<Record<string, SocketAddress>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(sockets).map(([name, socket]) => [name, format(socket)]));
}

function format({ address, port }: SocketAddress): string {
  return `${address}:${port}`;
}
