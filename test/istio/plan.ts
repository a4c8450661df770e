// What has to stand where for one mesh, and what each request dials. Pure.
import { isIP } from 'node:net';
import {
  type Call,
  checkEnvoy,
  emitIstio,
  hostAliases,
  hostOf,
  indexMesh,
  type Gateway,
  type IstioObject,
  isOfCluster,
  isSelected,
  keyOf,
  type Mesh,
  type MeshIndex,
  originatesTls,
  planEnvoy,
  outside,
  schemeOf,
  type Service,
  servedListeners,
  spiffeId,
  unmeshed,
  type WorkloadInstance,
} from '../../compiler/index.ts';
import { emptyLocalFile } from '../../runtime/local/local-file.ts';
import { type PlannedInstance, planLocal } from '../../runtime/local/plan-instances.ts';
import { type Application, servers } from '../conformance/applications.ts';
import { isAnywhere, machineApplications, machineInstances } from '../conformance/machines.ts';
import { addresses, type NamespaceName, podAddress, type VirtualAddress } from './network.ts';

export interface Pod extends PlannedInstance {
  readonly namespace: NamespaceName;
  readonly address: string;
  readonly identity: string;
  readonly account: string;
  readonly applications: readonly Application[];
}

export interface ClusterService {
  readonly service: Service;
  readonly address: string;
  readonly pods: readonly Pod[];
}

export interface StandIn extends Application {
  /** It speaks TLS itself, with a certificate for this host. */
  readonly tlsHost?: string;
}

export interface Plan {
  readonly mesh: Mesh;
  readonly index: MeshIndex;
  readonly objects: readonly IstioObject[];
  /** Errors of the Istio back end: what it cannot say. */
  readonly refused: readonly string[];
  /** Codes of its warnings. */
  readonly warned: readonly string[];
  /** Our own control plane refuses the mesh (FL0552): of several TCP services on one port its proxies would serve one only. */
  readonly sharesTcpPorts: boolean;
  readonly pods: readonly Pod[];
  /** That services have as instances beside pods. */
  readonly machines: readonly WorkloadInstance[];
  readonly services: readonly ClusterService[];
  readonly gateways: readonly { readonly gateway: Gateway; readonly address: string; readonly pods: readonly Pod[] }[];
  readonly standIns: readonly StandIn[];
  /** What the DNS of the test knows, by lower-case name. */
  readonly names: Readonly<Record<string, string>>;
}

export function planMesh(mesh: Mesh): Plan {
  const index = indexMesh(mesh);
  const { objects, diagnostics } = emitIstio(mesh);
  const pods = planLocal(mesh, emptyLocalFile('.')).instances.map((instance, i) => toPod(instance, i, index));
  const services = mesh.services.filter(isOfCluster).map((service, i) => ({
    service,
    address: `10.101.1.${1 + i}`,
    pods: pods.filter((pod) => isBehind(service, pod)),
  }));
  const gateways = mesh.gateways.map((gateway, i) => ({
    gateway,
    address: `10.101.100.${1 + i}`,
    pods: pods.filter(({ workload }) => keyOf(workload) === keyOf(gateway)),
  }));
  const refused = diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message }) => `${code} ${message}`);
  const warned = diagnostics.filter(({ severity }) => severity !== 'error').map(({ code }) => code);
  const sharesTcpPorts = checkEnvoy(planEnvoy(mesh)).some(({ code }) => code === 'FL0552');
  const machines = machineInstances(index, isAnywhere);
  return {
    mesh,
    index,
    objects,
    refused,
    warned,
    sharesTcpPorts,
    pods,
    machines,
    services,
    gateways,
    ...outsideOf(index),
  };
}

/** The rules of kube-proxy as `caller` meets them: it never reaches itself, which would be done outside its pod. */
export function virtualAddresses({ services }: Plan, caller?: Pod): readonly VirtualAddress[] {
  return services.flatMap(({ service, address, pods }) =>
    service.ports.map(({ number, targetPort }) => ({
      address,
      port: number,
      ends: pods.filter((pod) => pod !== caller).map((pod) => ({ address: pod.address, port: targetPort })),
    })),
  );
}

function isBehind(service: Service, { workload, labels }: PlannedInstance): boolean {
  return (
    workload.namespace === service.namespace && workload.proxy !== 'gateway' && isSelected(service.selector, labels)
  );
}

function toPod(instance: PlannedInstance, i: number, index: MeshIndex): Pod {
  const { key, workload, version } = instance;
  const account = workload.serviceAccount || 'default';
  const ports = workload.proxy === 'gateway' ? [] : index.servicesOf(workload).flatMap((service) => service.ports);
  const byTarget = new Map(ports.map(({ targetPort, protocol }) => [targetPort, protocol]));
  return {
    ...instance,
    namespace: `p${i}`,
    address: podAddress(i),
    account,
    identity: spiffeId(index.mesh.settings.trustDomain, workload.namespace, account),
    applications: [...byTarget].map(([port, protocol]) => ({
      instance: key,
      workload: keyOf(workload),
      version,
      protocol: servers[protocol],
      listen: { address: '0.0.0.0', port },
    })),
  };
}

/** Everything without a proxy: machines, and what is outside the mesh; and what answers for all other names. */
function outsideOf(index: MeshIndex): Pick<Plan, 'standIns' | 'names'> {
  const names: Record<string, string> = {};
  const services = index.mesh.services.filter((one) => !isOfCluster(one));
  const own = services.flatMap((service) =>
    service.hosts.flatMap((host) => {
      const places = [addressOf(service, host, names), ...service.addresses.filter((address) => isIP(address) !== 0)];
      return [...new Set(places)].flatMap((address) => standInsOf(service, host, address, index));
    }),
  );
  const httpPorts = index.mesh.services.flatMap(({ ports }) => ports.filter((p) => servers[p.protocol] === 'http'));
  const ports = new Set([80, 81, ...httpPorts.map(({ number }) => number)]);
  const elsewhere = [...ports].flatMap((port) =>
    [addresses.elsewhere, '10.1.2.3'].map((address): StandIn => ({ ...nobody, listen: { address, port } })),
  );
  // Of two that share a place, the first is there.
  const byPlace = [...own, ...machineApplications(index, isAnywhere), ...elsewhere].map(
    (one) => [`${one.listen.address}:${one.listen.port}`, one] as const,
  );
  return { standIns: [...new Map(byPlace.toReversed()).values()], names };
}

const nobody = { instance: 'elsewhere', workload: 'elsewhere', version: '', protocol: 'http' } as const;

/** Its own, or one that DNS gives to the host and to the names that the service has for addresses. */
function addressOf(service: Service, host: string, names: Record<string, string>): string {
  const literal = service.addresses.find((address) => isIP(address) === 4);
  const address = literal ?? names[host.toLowerCase()] ?? `198.19.1.${1 + Object.keys(names).length}`;
  for (const name of [host, ...(literal === undefined ? service.addresses : [])]) names[name.toLowerCase()] = address;
  return address;
}

function standInsOf(service: Service, host: string, address: string, index: MeshIndex): readonly StandIn[] {
  const isTls = index.destinationPoliciesOf(hostOf(service)).some(originatesTls);
  return service.ports.map(({ number, targetPort, protocol }) => {
    const isWrapped = isTls && ['HTTP', 'HTTPS'].includes(protocol);
    return {
      instance: `${host}:${number}`,
      workload: hostOf(service),
      version: '',
      protocol: isWrapped ? 'http' : servers[protocol],
      listen: { address, port: targetPort },
      ...(isWrapped && { tlsHost: host.replace('*', 'any') }),
    };
  });
}

/** Where a request goes out, and to which address. */
export interface Dial {
  readonly namespace: NamespaceName;
  readonly address: string;
  readonly port: number;
  /** The application speaks TLS itself: a ClientHello is sent, by which proxies tell hosts apart. */
  readonly sni?: string;
}

/** Undefined where the mesh has no such caller, or nothing to dial. */
export function dialOf(plan: Plan, { from, request, gateway }: Call): Dial | undefined {
  const { mesh, index, pods } = plan;
  const { scheme, host, port } = request;
  if (from === outside) return gatewayDial(plan, { scheme, port }, gateway);
  const workload = index.workloadByKey.get(from);
  if (from === unmeshed || workload?.proxy === 'none') {
    const service = mesh.services.find((one) => hostAliases(hostOf(one), workload?.namespace ?? '').includes(host));
    const target = service?.ports.find(({ number }) => number === port)?.targetPort;
    const pod = service && pods.find((one) => isBehind(service, one));
    return pod && target !== undefined ? { namespace: 'plain', address: pod.address, port: target } : undefined;
  }
  const caller = pods.find((pod) => keyOf(pod.workload) === from);
  if (!caller || caller.workload.proxy === 'gateway') return undefined;
  const { namespace } = caller;
  if (isIP(host) !== 0) return { namespace, address: host, port };
  return { namespace, address: resolve(plan, host, caller.workload.namespace), port, ...sniOf(plan, request, caller) };
}

function gatewayDial(
  plan: Plan,
  { scheme, port }: Pick<Call['request'], 'scheme' | 'port'>,
  only?: string,
): Dial | undefined {
  const serving = plan.pods.find(({ workload }) => {
    if (workload.proxy !== 'gateway' || (only !== undefined && keyOf(workload) !== only)) return false;
    const listeners = servedListeners(plan.index.gatewaysOf(workload)).get(port) ?? [];
    return listeners.some((listener) => schemeOf(listener) === scheme);
  });
  return serving && { namespace: 'plain', address: serving.address, port };
}

function resolve(plan: Plan, written: string, namespace: string): string {
  const name = written.toLowerCase().replace(/\.$/, '');
  const service = namedBy(plan.mesh, name, namespace);
  const inCluster = plan.services.find((one) => one.service === service)?.address;
  const own = service?.hosts.find((host) => host === name) ?? (service && hostOf(service)) ?? name;
  return inCluster ?? plan.names[own] ?? plan.names[wildcardOver(plan.mesh, name) ?? ''] ?? addresses.elsewhere;
}

function namedBy({ services }: Mesh, name: string, namespace: string): Service | undefined {
  return services.find(({ hosts }) => hosts.some((host) => hostAliases(host, namespace).includes(name)));
}

function wildcardOver({ services }: Mesh, name: string): string | undefined {
  const covering = services
    .flatMap(({ hosts }) => hosts)
    .filter((host) => host.startsWith('*.') && name.endsWith(host.slice(1)));
  return covering.sort((a, b) => b.length - a.length)[0];
}

function sniOf({ mesh }: Plan, { scheme, host, port }: Call['request'], caller: Pod): Pick<Dial, 'sni'> {
  if (scheme !== 'tcp') return {};
  const wildcard = wildcardOver(mesh, host);
  const service =
    namedBy(mesh, host.toLowerCase(), caller.workload.namespace) ??
    mesh.services.find(({ hosts }) => wildcard !== undefined && hosts.includes(wildcard));
  const protocol = service?.ports.find(({ number }) => number === port)?.protocol;
  return protocol === 'TLS' || protocol === 'HTTPS' ? { sni: host } : {};
}
