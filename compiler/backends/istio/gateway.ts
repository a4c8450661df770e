// Gateway: the ports and hosts at which traffic enters.
import type { Report } from '../../diagnostics/index.ts';
import { type Gateway, type GatewayListener, nothingLeft } from '../../model/index.ts';
import { emitterOf } from './emitter.ts';
import type { Draft } from './object.ts';
import { pruned } from './prune.ts';

type Fields = Readonly<Record<string, unknown>>;

export const gateway = emitterOf('gateways', ({ mesh, report }) =>
  mesh.gateways.map((gateway) => toGateway(gateway, report)),
);

function toGateway(gateway: Gateway, report: Report): Draft {
  // Who the gateway's proxies are is the business of those who deploy them.
  const {
    origin,
    name,
    namespace,
    selector,
    serviceAccount: _account,
    listeners,
    labels,
    kind: _kind,
    ...rest
  } = gateway;
  nothingLeft(rest);
  const servers = listeners.map((listener) => toServer(listener, report));
  return { kind: 'Gateway', name, namespace, labels, origin, spec: { selector, servers } };
}

function toServer(listener: GatewayListener, report: Report): Fields {
  const { kind: _kind, origin, name, port: number, protocol, hosts, tlsSecret, redirectToHttps, ...rest } = listener;
  nothingLeft(rest);
  const certificate = { name, origin, tlsSecret };
  const tls = { ...tlsOptions[protocol](certificate, report), httpsRedirect: redirectToHttps || undefined };
  return { port: { number, name, protocol }, hosts, ...pruned({ tls: pruned(tls) }) };
}

type Certificate = Pick<GatewayListener, 'name' | 'origin'> & { readonly tlsSecret: string | undefined };

const tlsOptions: Record<GatewayListener['protocol'], (certificate: Certificate, report: Report) => Fields> = {
  HTTP: () => ({}),
  HTTPS: ({ name, origin, tlsSecret }, report) => {
    if (tlsSecret === undefined) {
      report('FL0511', {
        message: `the HTTPS listener "${name}" names no secret with its certificate`,
        span: origin,
        hint: 'add tls: { secret: NAME }',
      });
    }
    return { mode: 'SIMPLE', credentialName: tlsSecret };
  },
};
