// The operators of format strings that the proxy knows. Docs: docs of Envoy 1.40, "Command Operators".
import { grpcStatusOf, isGrpcType } from '../../../compiler/xds.ts';
import { Rejection } from '../rejection.ts';
import { headerOf, pathname } from './request-head.ts';
import type { StreamInfo } from './stream-info.ts';

/** What an operator prints; undefined where there is nothing to print. */
export type FormatValue = string | number | undefined;
export type FormatPart = (info: StreamInfo) => FormatValue;

const peerSan = (info: StreamInfo) => join(info.connection.peer?.uriSans);
const join = (values: readonly string[] | undefined) => (values?.length ? values.join(',') : undefined);
const duration = (info: StreamInfo) => Math.round((info.endedAt ?? info.startedAt) - info.startedAt);

const plain: Readonly<Record<string, FormatPart>> = {
  BYTES_RECEIVED: (i) => i.bytesReceived,
  BYTES_SENT: (i) => i.bytesSent,
  CONNECTION_ID: (i) => i.connection.id,
  CONNECTION_TERMINATION_DETAILS: (i) => i.connectionTerminationDetails,
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS: (i) => address(i.connection.remoteAddress, i.connection.remotePort),
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT: (i) => i.connection.remoteAddress,
  DOWNSTREAM_LOCAL_ADDRESS: (i) => address(i.connection.localAddress, i.connection.localPort),
  DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: (i) => i.connection.localAddress,
  DOWNSTREAM_LOCAL_PORT: (i) => i.connection.localPort,
  DOWNSTREAM_LOCAL_URI_SAN: (i) => join(i.connection.localUriSans),
  DOWNSTREAM_PEER_FINGERPRINT_256: (i) => i.connection.peer?.sha256,
  DOWNSTREAM_PEER_SUBJECT: (i) => i.connection.peer?.subject || undefined,
  DOWNSTREAM_PEER_URI_SAN: peerSan,
  DOWNSTREAM_PEER_DNS_SAN: (i) => join(i.connection.peer?.dnsSans),
  DOWNSTREAM_REMOTE_ADDRESS: (i) => address(i.connection.remoteAddress, i.connection.remotePort),
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: (i) => i.connection.remoteAddress,
  DOWNSTREAM_REMOTE_PORT: (i) => i.connection.remotePort,
  DOWNSTREAM_TLS_VERSION: (i) => i.connection.tlsVersion,
  DURATION: duration,
  GRPC_STATUS_NUMBER: grpcStatus,
  PATH: originalOrPath,
  PROTOCOL: (i) => i.protocol,
  REQUESTED_SERVER_NAME: (i) => i.connection.sni,
  RESPONSE_CODE: (i) => i.responseCode,
  RESPONSE_CODE_DETAILS: (i) => i.responseCodeDetails,
  RESPONSE_FLAGS: (i) => (i.flags.length ? i.flags.join(',') : '-'),
  ROUTE_NAME: (i) => i.routeName || undefined,
  START_TIME: (i) => new Date(i.startTime).toISOString(),
  UPSTREAM_CLUSTER: (i) => i.upstreamCluster,
  UPSTREAM_CLUSTER_RAW: (i) => i.upstreamCluster,
  UPSTREAM_HOST: (i) => i.upstreamHost,
  UPSTREAM_HOST_NAME: (i) => i.upstreamHostName ?? i.upstreamHost,
  UPSTREAM_PEER_URI_SAN: (i) => join(i.upstreamPeer?.uriSans),
  UPSTREAM_REMOTE_ADDRESS: (i) => i.upstreamHost,
  UPSTREAM_REQUEST_ATTEMPT_COUNT: (i) => i.attempts,
  UPSTREAM_TRANSPORT_FAILURE_REASON: (i) => i.upstreamFailure,
  VIRTUAL_HOST_NAME: (i) => i.virtualHostName,
};

/** Envoy accepts only this argument of START_TIME here: ISO with milliseconds is what it prints without one. */
export function operatorFor(name: string, argument: string | undefined): FormatPart {
  if (argument !== undefined && argument !== '') {
    const part = withArgument(name, argument);
    if (part) return part;
  } else {
    const part = plain[name];
    if (part) return part;
  }
  const shown = argument === undefined ? name : `${name}(${argument})`;
  throw new Rejection(
    'FL0820',
    `the embedded proxy does not know the format operator %${shown}%`,
    'use another operator, or run this workload with Envoy',
  );
}

function withArgument(name: string, argument: string): FormatPart | undefined {
  if (name === 'REQ' || name === 'REQUEST_HEADER') return requestHeader(argument);
  if (name === 'RESP' || name === 'RESPONSE_HEADER') return responseHeader(argument);
  if (name === 'PATH') return pathPart(argument);
  if (name === 'FILTER_STATE') return filterState(argument);
  return undefined;
}

/** `A?B`: the first header that is there. */
function names(argument: string): string[] {
  return argument.split('?').map((name) => name.trim().toLowerCase());
}

function requestHeader(argument: string): FormatPart {
  const alternatives = names(argument);
  return ({ head }) => {
    if (!head) return undefined;
    for (const name of alternatives) {
      const value = name === ':path' ? head.path : headerOf(head, name);
      if (value !== undefined) return value;
    }
    return undefined;
  };
}

function responseHeader(argument: string): FormatPart {
  const alternatives = names(argument);
  return (info) => {
    for (const name of alternatives) {
      const value = name === ':status' ? String(info.responseCode) : info.responseHeaders?.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  };
}

/** Of requests by gRPC only, also where the answer does not say it: then the status of HTTP stands for one. */
function grpcStatus({ head, responseHeaders, responseCode }: StreamInfo): number | undefined {
  if (responseCode === 0 || !head || !isGrpcType(head.headers.get('content-type') ?? '')) return undefined;
  const said = responseHeaders?.get('grpc-status') ?? '';
  if (said === '') return grpcStatusOf(responseCode);
  return /^\d+$/.test(said) ? Number(said) : unreadableGrpcStatus;
}

/** Envoy: Grpc::Status::WellKnownGrpcStatus::InvalidCode. */
const unreadableGrpcStatus = -1;

/** Whoever set x-envoy-original-path: the proxy, when it rewrote the path, or the caller. */
function originalPath({ head }: StreamInfo): string | undefined {
  return head && headerOf(head, 'x-envoy-original-path');
}

function originalOrPath(info: StreamInfo): string | undefined {
  return originalPath(info) ?? info.head?.path;
}

const paths: Readonly<Record<string, (info: StreamInfo) => string | undefined>> = {
  PATH: ({ head }) => head?.path,
  ORIG: originalPath,
  ORIG_OR_PATH: originalOrPath,
};

function pathPart(argument: string): FormatPart | undefined {
  const [query, which = 'ORIG_OR_PATH'] = argument.split(':');
  const read = paths[which];
  if (!read || (query !== 'WQ' && query !== 'NQ')) return undefined;
  if (query === 'WQ') return read;
  return (info) => {
    const path = read(info);
    return path === undefined ? undefined : pathname(path);
  };
}

/** `KEY:PLAIN`: what a set_filter_state filter has kept. Envoy's other serializations would differ for other types of state only. */
function filterState(argument: string): FormatPart | undefined {
  const [, key] = /^([^:]+):PLAIN$/.exec(argument) ?? [];
  return key === undefined ? undefined : (info) => info.filterState?.get(key);
}

export function address(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
