// Gateway: the ports and hosts at which traffic enters.
import type { Report } from '../../diagnostics/index.ts';
import type { Gateway, GatewayListener } from '../../model/index.ts';
import type { Emitter } from './emitter.ts';
import { pruned } from './prune.ts';

export const gateway: Emitter = {
  kind: 'Gateway',
  emit: ({ mesh, report }) =>
    mesh.gateways.map(({ name, namespace, labels, origin, selector, listeners }: Gateway) => ({
      kind: 'Gateway',
      name,
      namespace,
      labels,
      origin,
      spec: { selector, servers: listeners.map((listener) => toServer(listener, report)) },
    })),
};

function toServer(listener: GatewayListener, report: Report): Readonly<Record<string, unknown>> {
  const { name, port: number, protocol, hosts } = listener;
  return { port: { number, name, protocol }, hosts, ...pruned({ tls: tlsOptions(listener, report) }) };
}

function tlsOptions(listener: GatewayListener, report: Report): Readonly<Record<string, unknown>> | undefined {
  const httpsRedirect = listener.redirectToHttps || undefined;
  if (listener.protocol === 'HTTP') return pruned({ httpsRedirect });
  if (listener.tlsSecret === undefined) {
    report('FL0511', {
      message: `the HTTPS listener "${listener.name}" names no secret with its certificate`,
      span: listener.origin,
      hint: 'add tls: { secret: NAME }',
    });
  }
  return pruned({ mode: 'SIMPLE', credentialName: listener.tlsSecret, httpsRedirect });
}
