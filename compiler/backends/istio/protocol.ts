// What Istio makes of the protocol of a service port, where that differs from protocol to protocol.
import type { Protocol } from '../../model/index.ts';

interface ProtocolRow {
  /** Which routes of a VirtualService connections to the port follow. */
  readonly routes: 'tcp' | 'tls';
  /** What the application speaks where its proxy originates the TLS. */
  readonly originated: Protocol;
  /** Nothing in a connection names the service: it takes addresses to tell it from others on the same port. */
  readonly needsAddress: boolean;
}

export const protocols: Readonly<Record<Protocol, ProtocolRow>> = {
  HTTP: { routes: 'tcp', originated: 'HTTP', needsAddress: false },
  HTTP2: { routes: 'tcp', originated: 'HTTP2', needsAddress: false },
  GRPC: { routes: 'tcp', originated: 'GRPC', needsAddress: false },
  HTTPS: { routes: 'tls', originated: 'HTTP', needsAddress: false },
  TLS: { routes: 'tls', originated: 'TCP', needsAddress: false },
  TCP: { routes: 'tcp', originated: 'TCP', needsAddress: true },
};
