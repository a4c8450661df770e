// Where requests are sent: `to` of routes and mirrors, with references, ports and weights settled.
import { isHttp, type Service, type WeightedDestination } from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import type { DestinationIntent } from '../kinds.ts';
import type { NamedPort } from '../protocol.ts';
import type { ServiceSymbol } from '../symbols.ts';
import type { LowerContext } from './context.ts';

/** The service whose routes are lowered, and the kind of port they are for. */
export interface RouteOwner {
  readonly symbol: ServiceSymbol;
  readonly service: Service;
  /** 0: the port that the caller dialled. */
  readonly port: number;
  readonly isHttp: boolean;
}

/** All of `to`, or the owner itself where nothing is written. */
export function lowerDestinations(
  to: Cursor<readonly DestinationIntent[]> | undefined,
  owner: RouteOwner,
  origin: WeightedDestination['origin'],
  context: LowerContext,
): readonly WeightedDestination[] {
  if (!to) return [selfDestination(owner, origin)];
  const weights = settleWeights(to, context);
  const seen = new Map<string, Cursor<DestinationIntent>>();
  return to.items().flatMap((item, i) => {
    const place = lowerDestination(item, owner, context);
    if (!place) return [];
    const key = `${place.host}:${place.port}:${place.subset}`;
    const first = seen.get(key);
    if (first) reportDuplicate(item, first, owner, context);
    seen.set(key, item);
    return [{ kind: 'WeightedDestination', origin: item.origin, ...place, weight: weights[i] ?? 0 }];
  });
}

export function selfDestination(owner: RouteOwner, origin: WeightedDestination['origin']): WeightedDestination {
  return { kind: 'WeightedDestination', origin, host: owner.symbol.host, port: owner.port, subset: '', weight: 100 };
}

function reportDuplicate(
  item: Cursor<DestinationIntent>,
  first: Cursor<DestinationIntent>,
  owner: RouteOwner,
  { report }: LowerContext,
): void {
  report('FL0414', {
    message: `${describe(item.value, owner)} is listed twice in one route`,
    span: item.origin,
    related: [{ message: 'first here', span: first.origin }],
  });
}

function describe({ service, external, workload, version }: DestinationIntent, { symbol }: RouteOwner): string {
  const target = `"${service ?? external ?? workload ?? symbol.name}"`;
  return version === undefined ? target : `version "${version}" of ${target}`;
}

/** Host, port and subset of one destination. Undefined after a report. */
export function lowerDestination(
  destination: Cursor<DestinationIntent>,
  owner: RouteOwner,
  context: LowerContext,
): Pick<WeightedDestination, 'host' | 'port' | 'subset'> | undefined {
  const target = targetOf(destination, owner, context);
  if (!target) return undefined;
  const subset = versionOf(destination, target, context);
  const port = portOf(destination, target, owner, context);
  return subset === undefined || port === undefined ? undefined : { host: target.host, port, subset };
}

function targetOf(
  destination: Cursor<DestinationIntent>,
  owner: RouteOwner,
  { resolver }: LowerContext,
): ServiceSymbol | undefined {
  const service = destination.get('service');
  if (service) return resolver.target(service, 'MeshService');
  const external = destination.get('external');
  if (external) return resolver.target(external, 'ExternalService');
  const workload = destination.get('workload');
  return workload ? resolver.target(workload, 'MeshWorkload') : owner.symbol;
}

function versionOf(
  destination: Cursor<DestinationIntent>,
  target: ServiceSymbol,
  { report }: LowerContext,
): string | undefined {
  const version = destination.get('version');
  if (!version || target.isBroken) return version?.value ?? '';
  if (target.versions.includes(version.value)) return version.value;
  report('FL0303', {
    message: `"${target.namespace}/${target.name}" has no version "${version.value}"`,
    span: version.origin,
    hint:
      target.versions.length > 0
        ? `its versions: ${target.versions.join(', ')}`
        : 'declare it under `versions` of the service',
    related: [{ message: 'the service', span: target.span }],
  });
  return undefined;
}

function portOf(
  destination: Cursor<DestinationIntent>,
  target: ServiceSymbol,
  owner: RouteOwner,
  { report }: LowerContext,
): number | undefined {
  const written = destination.get('port');
  if (target.isBroken) return written?.value ?? 80;
  const fitting = target.ports.filter((port) => isHttp(port.protocol) === owner.isHttp);
  if (written) {
    if (fitting.some((port) => port.number === written.value)) return written.value;
    report('FL0308', {
      message: `"${target.namespace}/${target.name}" has no ${owner.isHttp ? 'HTTP' : 'TCP'} port ${written.value}`,
      span: written.origin,
      hint: portsHint(target.ports),
    });
    return undefined;
  }
  if (target === owner.symbol || target.host === owner.symbol.host) return owner.port;
  if (fitting.length === 1) return fitting[0]?.number;
  if (!owner.isHttp && fitting.some((port) => port.number === owner.port)) return owner.port;
  report('FL0406', {
    message: `"${target.namespace}/${target.name}" has ${fitting.length === 0 ? 'no' : 'several'} ${owner.isHttp ? 'HTTP' : 'TCP'} ports`,
    span: destination.origin,
    hint: fitting.length === 0 ? portsHint(target.ports) : `add port: ${fitting.map((p) => p.number).join(' or ')}`,
  });
  return undefined;
}

export function portsHint(ports: readonly Pick<NamedPort, 'number' | 'protocol'>[]): string {
  return `its ports: ${ports.map((port) => `${port.number} (${port.protocol})`).join(', ')}`;
}

/** Percentages that add up to 100; what is left of an even split goes to the first ones. */
function settleWeights(to: Cursor<readonly DestinationIntent[]>, { report }: LowerContext): readonly number[] {
  const weights = to.value.map((destination) => destination.weight);
  const given = weights.filter((weight) => weight !== undefined);
  const count = weights.length;
  if (given.length === 0) return weights.map((_, i) => Math.floor(100 / count) + (i < 100 % count ? 1 : 0));
  const sum = given.reduce((total, weight) => total + weight, 0);
  if (given.length === count && sum === 100) return given;
  const items = to.items();
  const missing = items.find((item) => item.value.weight === undefined);
  const last = items.at(-1);
  report('FL0412', {
    message: missing
      ? `${count - given.length} of ${count} destinations ${count - given.length === 1 ? 'has' : 'have'} no weight`
      : `route weights add up to ${sum}, expected 100`,
    span: missing?.origin ?? last?.get('weight')?.origin ?? to.origin,
    label: missing ? undefined : `last of ${count} weighted destinations`,
    hint: weightHint(sum, missing !== undefined, count),
  });
  return weights.map((weight) => weight ?? 0);
}

function weightHint(sum: number, isMissing: boolean, count: number): string {
  if (isMissing) return 'give every destination a weight, or none for an even split';
  const change = sum < 100 ? `raise one weight by ${100 - sum}` : `lower the weights by ${sum - 100}`;
  return count === 1
    ? 'leave the weight out: there is one destination'
    : `${change}, or remove all of them to split evenly`;
}
