// Gateways, and the route tables of the hosts they serve: all `expose` entries of one host together.
import { compareText, type Report } from '../../diagnostics/index.ts';
import type { EgressHost, EgressScope, Gateway, GatewayListener, PathMatch, RouteTable } from '../../model/index.ts';
import type { Cursor } from '../../syntax/index.ts';
import { defaultGatewaySelector } from '../defaults.ts';
import type { IntentObject, ListenerIntent, MeshGatewayIntent } from '../kinds.ts';
import type { GatewaySymbol } from '../symbols.ts';
import {
  emptyFragment,
  type Exposure,
  type Fragment,
  type LowerContext,
  settingPlace,
  workloadPlaces,
} from './context.ts';

export function lowerMeshGateway(
  object: Cursor<IntentObject<MeshGatewayIntent>>,
  symbol: GatewaySymbol,
  { report }: LowerContext,
): Fragment {
  const { name, namespace, serviceAccount } = symbol;
  const origin = object.document.span;
  const spec = object.get('spec');
  const selector = spec?.value.selector ?? defaultGatewaySelector(name);
  const gateway: Gateway = {
    kind: 'Gateway',
    origin,
    name,
    namespace,
    selector,
    serviceAccount,
    settingPlaces: (['selector', 'serviceAccount'] as const).flatMap((field) => settingPlace(field, spec?.get(field))),
    listeners: (spec?.list('listeners') ?? []).map((listener) => lowerListener(listener, report)),
    labels: object.value.metadata.labels ?? {},
  };
  return {
    ...emptyFragment,
    gateways: [gateway],
    workloads: [
      {
        kind: 'Workload',
        origin,
        name,
        namespace,
        labels: selector,
        serviceAccount,
        proxy: 'gateway',
        settingPlaces: workloadPlaces(spec?.get('selector'), spec?.get('serviceAccount')),
      },
    ],
  };
}

function lowerListener(listener: Cursor<ListenerIntent>, report: Report): GatewayListener {
  const { name, port, protocol, hosts, redirectToHttps, tls } = listener.value;
  const fail = (message: string, at: Cursor<unknown> | undefined, hint: string) =>
    report('FL0437', { message, span: at?.keySpan ?? listener.origin, hint });
  if (protocol === 'HTTPS' && tls?.secret === undefined) {
    fail(`listener "${name}" is HTTPS and names no certificate`, listener.get('tls'), 'add `tls: { secret: NAME }`');
  }
  if (protocol === 'HTTP' && tls)
    fail(`listener "${name}" is HTTP and has no TLS`, listener.get('tls'), 'remove tls, or make it HTTPS');
  if (protocol === 'HTTPS' && redirectToHttps) {
    fail(`listener "${name}" is HTTPS already`, listener.get('redirectToHttps'), 'remove redirectToHttps');
  }
  return {
    kind: 'GatewayListener',
    origin: listener.origin,
    name,
    port,
    protocol,
    hosts,
    ...(tls?.secret !== undefined && { tlsSecret: tls.secret }),
    redirectToHttps: redirectToHttps ?? false,
  };
}

/** What all documents together make of the gateways. Order of the exposures does not matter. */
export function joinExposures(
  gateways: readonly Gateway[],
  exposures: readonly Exposure[],
  report: Report,
): { readonly tables: readonly RouteTable[]; readonly scopes: readonly EgressScope[] } {
  const byGateway = Map.groupBy(exposures.toSorted(compareExposures), (exposure) => exposure.gateway);
  const tables = gateways.flatMap((gateway) => {
    const byHost = Map.groupBy(
      byGateway.get(`${gateway.namespace}/${gateway.name}`) ?? [],
      (exposure) => exposure.host,
    );
    return [...byHost].map(([host, entries]) => joinHost(gateway, host, entries, report));
  });
  const scopes = gateways.map((gateway) =>
    scopeOf(gateway, byGateway.get(`${gateway.namespace}/${gateway.name}`) ?? []),
  );
  return { tables, scopes };
}

/** The most specific path first: exact before segments, longer before shorter, everything last. */
function compareExposures(a: Exposure, b: Exposure): number {
  return (
    compareText(a.gateway, b.gateway) ||
    compareText(a.host, b.host) ||
    pathRank[a.path.type] - pathRank[b.path.type] ||
    b.path.value.length - a.path.value.length ||
    compareText(a.path.value, b.path.value) ||
    compareText(a.service, b.service) ||
    compareText(a.origin.file, b.origin.file) ||
    a.origin.start.line - b.origin.start.line ||
    a.origin.start.column - b.origin.start.column
  );
}

const pathRank: Readonly<Record<PathMatch['type'], number>> = { exact: 0, segments: 1, prefix: 2, suffix: 2, regex: 2 };

function joinHost(gateway: Gateway, host: string, entries: readonly Exposure[], report: Report): RouteTable {
  for (const [i, entry] of entries.entries()) {
    const before = entries[i - 1];
    if (!before || before.path.type !== entry.path.type || before.path.value !== entry.path.value) continue;
    report('FL0408', {
      message: `${host}${entry.pathText} is exposed twice at gateway "${entry.gateway}"`,
      span: entry.origin,
      related: [{ message: `first by ${before.service}`, span: before.origin }],
      hint: 'expose one of them at a longer path or at another host',
    });
  }
  return {
    kind: 'RouteTable',
    origin: entries[0]?.origin ?? gateway.origin,
    name: tableName(gateway.name, host),
    namespace: gateway.namespace,
    hosts: [host],
    attach: { mesh: false, gateways: [`${gateway.namespace}/${gateway.name}`] },
    http: entries.flatMap((entry) => entry.routes),
    tcp: [],
  };
}

/** A DNS-label for a gateway and host. Dashes of the host are doubled, so that different hosts get different names. */
function tableName(gateway: string, host: string): string {
  const readable = `${gateway}-${host.replaceAll('-', '--').replace('*', 'any').replaceAll('.', '-')}`;
  return readable.length <= 63 ? readable : `${readable.slice(0, 54).replace(/-+$/, '')}-${shortHash(readable)}`;
}

/** FNV-1a, in eight digits: a name only needs to differ from its neighbours. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

/** A gateway can be asked for what is exposed at it, and nothing else. */
function scopeOf(gateway: Gateway, entries: readonly Exposure[]): EgressScope {
  const hosts = new Map<string, EgressHost>();
  for (const { serviceHost, serviceNamespace, origin } of entries) {
    if (!hosts.has(serviceHost))
      hosts.set(serviceHost, { kind: 'EgressHost', origin, host: serviceHost, namespace: serviceNamespace, ports: [] });
  }
  return {
    kind: 'EgressScope',
    origin: gateway.origin,
    workload: `${gateway.namespace}/${gateway.name}`,
    mode: 'declared',
    hosts: [...hosts.values()].toSorted((a, b) => compareText(a.host, b.host)),
  };
}
