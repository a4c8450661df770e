// What is known of one request or connection: read by access logs, format strings and metrics. Data only.
import type { HeaderList } from './header-list.ts';
import type { RequestHead } from './request-head.ts';

/** The certificate of the other side, as far as it is ever used. Never holds a key. */
export interface PeerCertificate {
  readonly uriSans: readonly string[];
  readonly dnsSans: readonly string[];
  /** As Envoy writes it in x-forwarded-client-cert: RFC 2253. */
  readonly subject: string;
  /** SHA-256 of the DER, lower-case hex. */
  readonly sha256: string;
  readonly pem: string;
}

/** One downstream connection. */
export interface ConnectionInfo {
  readonly id: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly isTls: boolean;
  readonly tlsVersion?: string;
  readonly sni?: string;
  readonly peer?: PeerCertificate;
  /** URI SANs of our own certificate, for `By=` in x-forwarded-client-cert. */
  readonly localUriSans: readonly string[];
}

export interface StreamInfo {
  readonly connection: ConnectionInfo;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  endedAt?: number;
  protocol?: string;
  /** What set_filter_state filters keep, by object key. */
  filterState?: Map<string, string>;
  head?: RequestHead;
  responseHeaders?: HeaderList;
  /** 0 until a response head was sent. */
  responseCode: number;
  responseCodeDetails?: string;
  /** Envoy's short flags, in order of appearance. */
  readonly flags: string[];
  bytesReceived: number;
  bytesSent: number;
  attempts: number;
  routeName?: string;
  virtualHostName?: string;
  upstreamCluster?: string;
  upstreamHost?: string;
  upstreamHostName?: string;
  upstreamFailure?: string;
  upstreamPeer?: PeerCertificate;
  /** Milliseconds from the last byte sent upstream to the first byte of the answer. */
  upstreamServiceMs?: number;
  /** Of the chosen endpoint, for metrics. */
  upstreamMetadata?: Readonly<Record<string, unknown>>;
  connectionTerminationDetails?: string;
}

export function addFlag(info: StreamInfo, flag: string): void {
  if (!info.flags.includes(flag)) info.flags.push(flag);
}
