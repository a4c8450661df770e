// An HttpConnectionManager, compiled: what happens to every request of a filter chain before and after its route.
import { httpFilterTypes, router } from '../filters/index.ts';
import type { HttpFilter } from '../filters/filter.ts';
import { type AccessLogSink, compileAccessLogs } from '../access-log.ts';
import { Rejection } from '../rejection.ts';
import {
  durationMs,
  type HttpConnectionManagerJson,
  type HttpFilterJson,
  type RouterJson,
  typeOf,
  unpack,
} from '../types.ts';
import type { EscapedSlashes, PathOptions } from './path-normalization.ts';
import { compileRouteTable, type RouteTable } from './route-table.ts';

/** Holds the current route table of a name; swapped when RDS brings another. */
export interface RouteSource {
  readonly name: string;
  readonly table: RouteTable | undefined;
}

export interface ConnectionManager {
  readonly statPrefix: string;
  /** Name of the RDS resource, or the table itself. */
  readonly routes: string | RouteSource;
  readonly filters: readonly HttpFilter[];
  readonly accessLogs: readonly AccessLogSink[];
  readonly serverName: string;
  readonly serverHeader: 'OVERWRITE' | 'APPEND_IF_ABSENT' | 'PASS_THROUGH';
  readonly isRemoteAddressUsed: boolean;
  readonly trustedHops: number;
  readonly isForwardedForSkipped: boolean;
  readonly via: string;
  readonly isRequestIdGenerated: boolean;
  readonly isExternalRequestIdKept: boolean;
  readonly isRequestIdReturned: boolean;
  readonly clientCertificate: ClientCertificateForwarding;
  readonly path: PathOptions;
  readonly stripPort: 'none' | 'matching' | 'any';
  readonly isTrailingHostDotStripped: boolean;
  readonly maxHeaderBytes: number;
  readonly maxHeaderCount: number;
  readonly maxRequestsPerConnection: number;
  readonly isHttp10Accepted: boolean;
  readonly defaultHttp10Host: string;
  readonly streamIdleTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly schemeOverwrite?: 'http' | 'https' | undefined;
  readonly upgrades: ReadonlySet<string>;
  readonly isEnvoyHeaderSuppressed: boolean;
}

export interface ClientCertificateForwarding {
  readonly mode: 'SANITIZE' | 'FORWARD_ONLY' | 'APPEND_FORWARD' | 'SANITIZE_SET' | 'ALWAYS_FORWARD_ONLY';
  readonly details: readonly ('subject' | 'cert' | 'uri' | 'dns')[];
}

export function compileConnectionManager(
  json: HttpConnectionManagerJson,
  log: (line: object) => void,
): ConnectionManager {
  const { filters, router } = compileFilters(json.httpFilters ?? []);
  return {
    statPrefix: json.statPrefix ?? '',
    routes: routesOf(json),
    filters,
    accessLogs: compileAccessLogs(json.accessLog, log),
    ...identityOptions(json),
    ...limits(json),
    path: pathOptions(json),
    stripPort: json.stripAnyHostPort ? 'any' : json.stripMatchingHostPort ? 'matching' : 'none',
    isTrailingHostDotStripped: json.stripTrailingHostDot ?? false,
    schemeOverwrite: json.schemeHeaderTransformation?.schemeToOverwrite as 'http' | 'https' | undefined,
    upgrades: new Set(
      (json.upgradeConfigs ?? []).filter((u) => u.enabled ?? true).map((u) => (u.upgradeType ?? '').toLowerCase()),
    ),
    isEnvoyHeaderSuppressed: router.suppressEnvoyHeaders ?? false,
  };
}

function routesOf(json: HttpConnectionManagerJson): string | RouteSource {
  if (json.rds) return json.rds.routeConfigName ?? '';
  if (!json.routeConfig) throw new Rejection('FL0820', 'an HTTP connection manager without rds or route_config');
  return { name: json.routeConfig.name ?? '', table: compileRouteTable(json.routeConfig) };
}

function compileFilters(list: readonly HttpFilterJson[]): { filters: readonly HttpFilter[]; router: RouterJson } {
  const last = list.at(-1);
  if (!last || typeOf(last.typedConfig) !== router.configType) {
    throw new Rejection('FL0821', 'the last HTTP filter must be envoy.filters.http.router');
  }
  const filters = list
    .slice(0, -1)
    .filter((filter) => !filter.disabled)
    .map(compileFilter);
  return { filters, router: unpack<RouterJson>(last.typedConfig) };
}

function compileFilter(json: HttpFilterJson): HttpFilter {
  const type = httpFilterTypes.find((candidate) => candidate.configType === typeOf(json.typedConfig));
  if (!type)
    throw new Rejection('FL0820', `the embedded proxy does not support the HTTP filter ${typeOf(json.typedConfig)}`);
  return type.compile(json.name ?? '', json.typedConfig);
}

function identityOptions(json: HttpConnectionManagerJson) {
  const details = json.setCurrentClientCertDetails;
  return {
    serverName: json.serverName || 'envoy',
    serverHeader: (json.serverHeaderTransformation as ConnectionManager['serverHeader'] | undefined) ?? 'OVERWRITE',
    isRemoteAddressUsed: json.useRemoteAddress ?? false,
    trustedHops: json.xffNumTrustedHops ?? 0,
    isForwardedForSkipped: json.skipXffAppend ?? false,
    via: json.via ?? '',
    isRequestIdGenerated: json.generateRequestId ?? true,
    isExternalRequestIdKept: json.preserveExternalRequestId ?? false,
    isRequestIdReturned: json.alwaysSetRequestIdInResponse ?? false,
    clientCertificate: {
      mode: (json.forwardClientCertDetails as ClientCertificateForwarding['mode'] | undefined) ?? 'SANITIZE',
      details: (['cert', 'subject', 'uri', 'dns'] as const).filter((detail) => details?.[detail]),
    },
  };
}

function limits(json: HttpConnectionManagerJson) {
  const common = json.commonHttpProtocolOptions;
  return {
    maxHeaderBytes: (json.maxRequestHeadersKb ?? 60) * 1024,
    maxHeaderCount: common?.maxHeadersCount ?? 100,
    maxRequestsPerConnection: common?.maxRequestsPerConnection ?? 0,
    isHttp10Accepted: json.httpProtocolOptions?.acceptHttp10 ?? false,
    defaultHttp10Host: json.httpProtocolOptions?.defaultHostForHttp10 ?? '',
    streamIdleTimeoutMs: durationMs(json.streamIdleTimeout, 300_000),
    requestTimeoutMs: durationMs(json.requestTimeout, 0),
    headersTimeoutMs: durationMs(json.requestHeadersTimeout, 0),
    idleTimeoutMs: durationMs(common?.idleTimeout, 3_600_000),
  };
}

function pathOptions(json: HttpConnectionManagerJson): PathOptions {
  const action = json.pathWithEscapedSlashesAction as EscapedSlashes | 'IMPLEMENTATION_SPECIFIC_DEFAULT' | undefined;
  return {
    isNormalized: json.normalizePath ?? false,
    isMergingSlashes: json.mergeSlashes ?? false,
    escapedSlashes: action === undefined || action === 'IMPLEMENTATION_SPECIFIC_DEFAULT' ? 'KEEP_UNCHANGED' : action,
  };
}
