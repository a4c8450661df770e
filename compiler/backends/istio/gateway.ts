// Gateway: the ports and hosts at which traffic enters. One a gateway, and one for each host whose routes must not mix with others.
import type { Report } from '../../diagnostics/index.ts';
import { type GatewayListener, keyOf, nothingLeft } from '../../model/index.ts';
import { emitterOf } from './emitter.ts';
import type { GatewayObject, GatewayObjects } from './gateway-objects.ts';
import type { Draft } from './object.ts';
import { pruned } from './prune.ts';
import { reportSharedConnections } from './shared-connections.ts';

type Fields = Readonly<Record<string, unknown>>;

export const gateway = emitterOf('gateways', ({ gateways, index, report }) => {
  reportConflicts(gateways, report);
  reportSharedConnections(gateways, index, report);
  reportShortHosts(gateways, report);
  return gateways.objects.map((object) => toGateway(object, report));
});

/** https://istio.io/latest/docs/reference/config/networking/gateway/#Server: "FQDN format". */
function reportShortHosts({ objects }: GatewayObjects, report: Report): void {
  const short = objects.flatMap(({ gateway, hosts }) =>
    hosts.filter(({ host }) => !/[.*]/.test(host)).map((one) => ({ ...one, gateway })),
  );
  for (const { gateway, host, listener } of short) {
    report('FL0520', {
      message: `Istio refuses host "${host}" at gateway "${keyOf(gateway)}": it has no dot`,
      span: listener.origin,
      hint: 'write a full name, such as `shop.localhost`, or `*`',
    });
  }
}

function toGateway({ gateway, name, hosts }: GatewayObject, report: Report): Draft {
  // Who the gateway's proxies are is the business of those who deploy them.
  const {
    origin,
    name: _name,
    namespace,
    selector,
    serviceAccount: _account,
    settingPlaces: _places,
    listeners,
    labels,
    kind: _kind,
    ...rest
  } = gateway;
  nothingLeft(rest);
  const servers = listeners.flatMap((listener) => {
    const own = hosts.filter((one) => one.listener === listener).map(({ host }) => host);
    return own.length > 0 ? [toServer(listener, own, report)] : [];
  });
  return { kind: 'Gateway', name, namespace, labels, origin, spec: { selector, servers } };
}

function toServer(listener: GatewayListener, own: readonly string[], report: Report): Fields {
  const {
    kind: _kind,
    origin,
    name,
    port: number,
    protocol,
    hosts: _hosts,
    tlsSecret,
    redirectToHttps,
    ...rest
  } = listener;
  nothingLeft(rest);
  const certificate = { name, origin, tlsSecret };
  const tls = { ...tlsOptions[protocol](certificate, report), httpsRedirect: redirectToHttps || undefined };
  return { port: { number, name, protocol }, hosts: own, ...pruned({ tls: pruned(tls) }) };
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

/** Proxies that share only some of their gateways: Istio binds routes to a Gateway wherever that is served. */
function reportConflicts({ conflicts }: GatewayObjects, report: Report): void {
  for (const { table, host, at } of conflicts) {
    report('FL0518', {
      message: `Istio would also apply the routes for "${host}" at proxies of gateway "${at.gateway.name}" where host "${at.host}" is not theirs`,
      span: table.origin,
      related: [{ message: 'the listener', span: at.listener.origin }],
      hint: 'give the gateways selectors that choose the same proxies, or none in common',
    });
  }
}
