// What runs: groups of pods or VMs with one identity, and the single instances that discovery reports.
import type { ModelNode, SettingPlace } from './origin.ts';
import type { Labels } from './service.ts';

/** A group of instances that share labels and an identity; a proxy serves one instance of one workload. */
export interface Workload extends ModelNode<'Workload'> {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly serviceAccount: string;
  /** `gateway` proxies stand alone; `none` is a workload without a proxy, reached in plain text. */
  readonly proxy: 'sidecar' | 'gateway' | 'none';
  /** Of those that are written; the others are as by default. */
  readonly settingPlaces: readonly SettingPlace<'labels' | 'serviceAccount'>[];
}

/** `namespace/name`: how workloads, services and gateways are referred to everywhere. */
export function keyOf(object: { readonly namespace: string; readonly name: string }): string {
  return `${object.namespace}/${object.name}`;
}

/** One running instance, as discovery reports it (a file, an EndpointSlice, a VM registration). Not part of the compiled mesh. */
export interface WorkloadInstance {
  /** Unique among instances, such as `shoes-v1-0`. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly serviceAccount: string;
  /** An IP address. */
  readonly address: string;
  /** Port on which the instance is reached, by service port name; a port not listed is reached on its `targetPort`. */
  readonly ports: Readonly<Record<string, number>>;
  readonly healthy: boolean;
}

/** True if every label of `selector` is on `labels`; an empty selector selects everything, as in Istio. */
export function isSelected(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** Where a workload's proxy stands, if it has one. */
const places: Readonly<Record<Workload['proxy'], 'beside the application' | 'alone' | undefined>> = {
  sidecar: 'beside the application',
  gateway: 'alone',
  none: undefined,
};

export function hasSidecar({ proxy }: Pick<Workload, 'proxy'>): boolean {
  return places[proxy] === 'beside the application';
}

/** True for the proxies of a gateway. */
export function runsGateway({ proxy }: Pick<Workload, 'proxy'>): boolean {
  return places[proxy] === 'alone';
}

export function hasProxy({ proxy }: Pick<Workload, 'proxy'>): boolean {
  return places[proxy] !== undefined;
}
