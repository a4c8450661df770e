// What is not a pod of the mesh: external services and workloads on machines of their own.
import { isIP } from 'node:net';
import { canonicalAddress, isUnspecified, type Resolution, type Service, type TlsTowards } from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import { serviceDefaults } from '../defaults.ts';
import type { ExternalServiceIntent, IntentObject, MeshWorkloadIntent } from '../kinds.ts';
import { nameAndProtocol } from '../protocol.ts';
import { isResolvable } from '../schema/external.ts';
import type { ServiceSymbol } from '../symbols.ts';
import { emptyFragment, type Fragment, type LowerContext, settingPlace, workloadPlaces } from './context.ts';
import { lowerDestinationPolicy } from './destination-policy.ts';
import { lowerPorts } from './ports.ts';
import { lowerRouteTable } from './routes.ts';

export function lowerExternalService(
  object: Cursor<IntentObject<ExternalServiceIntent>>,
  symbol: ServiceSymbol,
  context: LowerContext,
): Fragment {
  const spec = object.get('spec');
  if (!spec) return emptyFragment;
  const resolution = spec.value.resolve ?? serviceDefaults.externalResolve;
  const isOriginated = spec.value.tls?.originate ?? false;
  checkAddresses(spec, resolution, context);
  if (isOriginated && !isOriginable(spec, symbol, context)) return emptyFragment;
  const service = serviceOf(object, symbol, {
    hosts: spec.value.hosts,
    location: 'external',
    resolution,
    addresses: (spec.value.addresses ?? []).map(canonicalAddress),
    settingPlaces: [
      ...settingPlace('hosts', spec.get('hosts')),
      ...settingPlace('resolution', spec.get('resolve')),
      ...settingPlace('addresses', spec.get('addresses')),
    ],
    ports: lowerPorts(spec.list('ports'), symbol.ports, context.report),
  });
  return withPolicy(
    service,
    symbol,
    isOriginated ? { mode: 'SIMPLE', sni: symbol.host } : { mode: 'DISABLE' },
    context,
  );
}

export function lowerMeshWorkload(
  object: Cursor<IntentObject<MeshWorkloadIntent>>,
  symbol: ServiceSymbol,
  context: LowerContext,
): Fragment {
  const spec = object.get('spec');
  if (!spec) return emptyFragment;
  const { name, namespace, serviceAccount, selector } = symbol;
  const problem = addressProblem(spec.value.address);
  if (problem) context.report('FL0208', { ...problem, span: spec.get('address')?.origin });
  const service = serviceOf(object, symbol, {
    hosts: [symbol.host],
    location: 'mesh',
    resolution: 'static',
    addresses: [canonicalAddress(spec.value.address)],
    settingPlaces: settingPlace('addresses', spec.get('address')),
    ports: lowerPorts(spec.list('ports'), symbol.ports, context.report),
  });
  return {
    ...withPolicy(service, symbol, { mode: 'DISABLE' }, context),
    workloads: [
      {
        kind: 'Workload',
        origin: service.origin,
        name,
        namespace,
        labels: selector,
        serviceAccount,
        proxy: 'none',
        settingPlaces: workloadPlaces(spec.get('labels'), spec.get('serviceAccount')),
      },
    ],
  };
}

function serviceOf(
  object: Cursor<IntentObject<unknown>>,
  symbol: ServiceSymbol,
  rest: Pick<Service, 'hosts' | 'location' | 'resolution' | 'addresses' | 'ports' | 'settingPlaces'>,
): Service {
  return {
    kind: 'Service',
    origin: object.document.span,
    name: symbol.name,
    namespace: symbol.namespace,
    registry: 'mesh',
    ...rest,
    selector: {},
    identities: [],
    labels: object.value.metadata.labels ?? {},
  };
}

function withPolicy(service: Service, symbol: ServiceSymbol, tls: TlsTowards, context: LowerContext): Fragment {
  return {
    ...emptyFragment,
    services: [service],
    routeTables: [lowerRouteTable(service, symbol, [], context)],
    destinationPolicies: [lowerDestinationPolicy({ service, origin: service.origin, subsets: [], tls }, context)],
  };
}

function checkAddresses(spec: Cursor<ExternalServiceIntent>, resolution: Resolution, { report }: LowerContext): void {
  const fail = (message: string, at: Cursor<unknown> | undefined, hint: string) =>
    report('FL0438', { message, span: at?.origin ?? spec.get('hosts')?.origin, hint });
  const addresses = spec.list('addresses');
  const hosts = spec.list('hosts');
  const wildcard = hosts.find((host) => host.value.startsWith('*'));
  if (wildcard && resolution !== 'none') {
    fail(
      `"${wildcard.value}" cannot be resolved: it stands for many hosts`,
      wildcard,
      'use `resolve: none`, which keeps the address that the caller dialled',
    );
  } else if (resolution === 'dns' && hosts.length > 1 && addresses.length === 0) {
    fail(
      'which of several hosts to resolve is not clear',
      hosts[1],
      'write an ExternalService for each host, or name what to resolve under `addresses`',
    );
  } else if (resolution === 'static' && addresses.length === 0) {
    fail('`resolve: static` needs addresses', spec.get('resolve'), 'add `addresses`, or resolve by dns');
  } else if (resolution === 'none' && addresses.length > 0) {
    fail('`resolve: none` takes no addresses', spec.get('addresses'), 'remove them, or use `resolve: static`');
  }
  if (resolution === 'none') return;
  const listed = new Map<string, string>();
  for (const address of addresses) {
    const { value } = address;
    const isName = resolution === 'dns' && isIP(value) === 0;
    const problem = isName ? nameProblem(value) : (addressProblem(value) ?? spelledTwice(value, listed));
    if (problem) fail(problem.message, address, problem.hint);
    listed.set(canonicalAddress(value), value);
  }
}

interface Problem {
  readonly message: string;
  readonly hint: string;
}

function nameProblem(written: string): Problem | undefined {
  if (isResolvable(written)) return undefined;
  return {
    message: `"${written}" is neither a name nor an IP address`,
    hint: 'write a host name such as db.example.com, or an address; the port is that of `ports`',
  };
}

function addressProblem(written: string): Problem | undefined {
  if (isIP(written) === 0) return { message: `"${written}" is not an IP address`, hint: addressHint(written) };
  if (written.includes('%')) {
    return {
      message: `"${written}" has a zone, which means something on one machine alone`,
      hint: 'write an address that every proxy can dial',
    };
  }
  if (!isUnspecified(canonicalAddress(written))) return undefined;
  return {
    message: `"${written}" stands for any address, and nobody can dial it`,
    hint: 'write the address of the machine; for all addresses of a port, use an ExternalService with `resolve: none`',
  };
}

function spelledTwice(written: string, listed: ReadonlyMap<string, string>): Problem | undefined {
  const first = listed.get(canonicalAddress(written));
  // What is written alike twice the schema refuses.
  if (first === undefined || first === written) return undefined;
  return { message: `"${written}" is the address "${first}", which is listed already`, hint: 'remove one of the two' };
}

function addressHint(written: string): string {
  const isNearly = /^[\d.:/[\]a-f]+$/i.test(written);
  return isNearly ? 'write an IPv4 or IPv6 address alone: no port, brackets or range' : 'resolve names by dns';
}

/** False after a report. */
function isOriginable(spec: Cursor<ExternalServiceIntent>, symbol: ServiceSymbol, { report }: LowerContext): boolean {
  const at = spec.get('tls')?.origin;
  let isSound = true;
  if (spec.value.hosts.length > 1 || symbol.host.startsWith('*')) {
    isSound = false;
    report('FL0439', {
      message: 'TLS can be originated to one exact host only',
      span: at,
      hint: 'write an ExternalService for each host',
    });
  }
  for (const port of spec.list('ports')) {
    const { protocol, number } = nameAndProtocol(port.value);
    if (protocol === 'HTTPS') continue;
    isSound = false;
    report('FL0439', {
      message: `TLS is originated on HTTPS ports only, and port ${number} is not one`,
      span: port.origin,
      related: at && [{ message: 'originated for all ports here', span: at }],
      hint: 'set `protocol: HTTPS`: it says what the external service speaks',
    });
  }
  return isSound;
}
