// What can be called: services of the mesh, VMs and things outside it, all as hosts with ports.
import type { ModelNode, SettingPlace } from './origin.ts';

/** Labels of pods or VMs, as Kubernetes has them. */
export type Labels = Readonly<Record<string, string>>;

/** The application protocol, chosen as Istio does from `appProtocol` or the port's name. */
export type Protocol = 'HTTP' | 'HTTP2' | 'GRPC' | 'HTTPS' | 'TLS' | 'TCP';

export interface ServicePort extends ModelNode<'ServicePort'> {
  readonly name: string;
  /** The port callers dial. */
  readonly number: number;
  /** The port the workload listens on. */
  readonly targetPort: number;
  readonly protocol: Protocol;
}

/**
 * How addresses of a service are found. `workloads`: instances whose labels match `selector` (EDS).
 * `static`: `addresses`. `dns`: the host (or `addresses`, as names) is resolved by the proxy. `none`: the address the caller dialled.
 */
export type Resolution = 'workloads' | 'static' | 'dns' | 'none';

export interface Service extends ModelNode<'Service'> {
  readonly name: string;
  readonly namespace: string;
  /** Who knows of it: the cluster's own registry (a Kubernetes Service), or only the mesh. */
  readonly registry: 'cluster' | 'mesh';
  /** The first host is the canonical one, such as `shoes.shop.svc.cluster.local`; clusters are named by it. */
  readonly hosts: readonly string[];
  readonly location: 'mesh' | 'external';
  readonly resolution: Resolution;
  readonly ports: readonly ServicePort[];
  /** Selects the instances; empty unless `resolution` is `workloads`. */
  readonly selector: Labels;
  /** SPIFFE identities its workloads may present, such as `cluster.local/ns/shop/sa/shoes`; empty for what has no proxy. */
  readonly identities: readonly string[];
  /** IP addresses (`static`) or DNS names (`dns`). */
  readonly addresses: readonly string[];
  /** Of those that are written; the others are as by default. */
  readonly settingPlaces: readonly SettingPlace<'hosts' | 'resolution' | 'selector' | 'addresses'>[];
  /** Labels of the intent object itself (owner, team), copied to emitted objects. */
  readonly labels: Labels;
}

/** True for what runs on machines of its own: its instances are found by address, and belong to the workload of the same key. */
export function isOnMachines({ registry, location }: Service): boolean {
  return !isKubernetes[registry] && isInside[location];
}

/** True for a Kubernetes Service. */
export function isOfCluster({ registry }: Service): boolean {
  return isKubernetes[registry];
}

const isKubernetes: Readonly<Record<Service['registry'], boolean>> = { cluster: true, mesh: false };
const isInside: Readonly<Record<Service['location'], boolean>> = { mesh: true, external: false };

export function isInMesh({ location }: Service): boolean {
  return isInside[location];
}

/** True for what is served by whichever workloads have the labels that it selects. */
export function selectsWorkloads({ resolution }: Pick<Service, 'resolution'>): boolean {
  return foundBy[resolution] === 'labels';
}

/** True if it is found by addresses of its own, written down or resolved. */
export function hasOwnAddresses({ resolution }: Pick<Service, 'resolution'>): boolean {
  return foundBy[resolution] === 'own addresses';
}

/** True if connections go on to the address that the caller dialled. */
export function keepsDialledAddress({ resolution }: Pick<Service, 'resolution'>): boolean {
  return foundBy[resolution] === 'dialled address';
}

const foundBy: Readonly<Record<Resolution, 'labels' | 'own addresses' | 'dialled address'>> = {
  workloads: 'labels',
  static: 'own addresses',
  dns: 'own addresses',
  none: 'dialled address',
};

/** The canonical host. */
export function hostOf(service: Service): string {
  return service.hosts[0] ?? `${service.name}.${service.namespace}`;
}

/** True where requests can be told apart. HTTPS is not among them: sidecars pass it on without looking inside. */
export function isHttp(protocol: Protocol): boolean {
  return spokenIn[protocol] === 'HTTP';
}

/** True where the application speaks HTTP within TLS of its own: whoever originates that TLS can tell requests apart. */
export function isHttpOverTls(protocol: Protocol): boolean {
  return spokenIn[protocol] === 'HTTP within TLS';
}

/** True where the application speaks TLS of its own, in which clients name whom they want. */
export function isOwnTls(protocol: Protocol): boolean {
  return hasOwnTls[protocol];
}

const hasOwnTls: Readonly<Record<Protocol, boolean>> = {
  HTTP: false,
  HTTP2: false,
  GRPC: false,
  HTTPS: true,
  TLS: true,
  TCP: false,
};

/** The version of HTTP in which requests are sent to the application; absent where no proxy looks into what it is sent. */
export function httpVersion(protocol: Protocol): 'HTTP/1.1' | 'HTTP/2' | undefined {
  return httpVersions[protocol];
}

const httpVersions: Readonly<Record<Protocol, ReturnType<typeof httpVersion>>> = {
  HTTP: 'HTTP/1.1',
  HTTP2: 'HTTP/2',
  GRPC: 'HTTP/2',
  HTTPS: undefined,
  TLS: undefined,
  TCP: undefined,
};

const spokenIn: Readonly<Record<Protocol, 'HTTP' | 'HTTP within TLS' | 'bytes'>> = {
  HTTP: 'HTTP',
  HTTP2: 'HTTP',
  GRPC: 'HTTP',
  HTTPS: 'HTTP within TLS',
  TLS: 'bytes',
  TCP: 'bytes',
};
