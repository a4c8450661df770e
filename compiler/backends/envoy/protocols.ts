// What the protocol of a port means for Envoy.
import type { Protocol } from '../../model/index.ts';
import type { HttpProtocolOptions_ExplicitHttpConfigJson } from './proto/types/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.js';

interface ProtocolRow {
  /** How Envoy speaks HTTP to the application; without it connections are passed on as they are. */
  readonly http?: { readonly config: HttpProtocolOptions_ExplicitHttpConfigJson };
  /** What callers say in ALPN that they speak, where they speak HTTP. */
  readonly alpn: string;
  /** HTTP/2 from the caller's side too: HTTP/1.1 is what a cluster speaks untold. */
  readonly isHttp2: boolean;
}

const http1 = { alpn: 'http/1.1', isHttp2: false } as const;
const http2 = { http: { config: { http2ProtocolOptions: {} } }, alpn: 'h2', isHttp2: true } as const;

export const protocols: Readonly<Record<Protocol, ProtocolRow>> = {
  HTTP: { ...http1, http: { config: { httpProtocolOptions: {} } } },
  HTTP2: http2,
  GRPC: http2,
  HTTPS: http1,
  TLS: http1,
  TCP: http1,
};
