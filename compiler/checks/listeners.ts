// A connection to a gateway must lead to one listener, also where several gateways run on the same proxies.
import type { Report } from '../diagnostics/index.ts';
import { type Gateway, type GatewayListener, gatewaysOn, keyOf, runsGateway, schemeOf } from '../model/index.ts';
import type { Check } from './check.ts';

export const listeners: Check = {
  name: 'listener-conflict',
  codes: ['FL0436'],
  reads: ['gateways', 'workloads'],
  check({ mesh }, report) {
    for (const gateway of mesh.gateways) checkGateway(gateway, report);
    const known = new Set<GatewayListener>();
    for (const workload of mesh.workloads.filter(runsGateway)) {
      const shared = gatewaysOn(workload, mesh.gateways).flatMap((gateway) =>
        gateway.listeners.map((listener) => ({ gateway, listener })),
      );
      checkProxy(shared, known, report);
    }
  },
};

function checkGateway({ listeners: all }: Gateway, report: Report): void {
  for (const [i, listener] of all.entries()) {
    for (const earlier of all.slice(0, i)) {
      const conflict = conflictOf(earlier, listener);
      if (conflict === undefined) continue;
      report('FL0436', {
        message: `listener "${listener.name}" ${conflict}`,
        span: listener.origin,
        related: [{ message: 'the other listener', span: earlier.origin }],
        hint: 'change the port, the hosts or the name of one of the two',
      });
      break;
    }
  }
}

function conflictOf(a: GatewayListener, b: GatewayListener): string | undefined {
  if (a.name === b.name) return 'has the name of another listener';
  if (a.port !== b.port) return undefined;
  if (a.protocol !== b.protocol) return `speaks ${b.protocol} on port ${b.port}, where another speaks ${a.protocol}`;
  const shared = b.hosts.find((host) => a.hosts.includes(host));
  return shared === undefined ? undefined : `serves "${shared}" on port ${b.port} as another does`;
}

interface ListenerOf {
  readonly gateway: Gateway;
  readonly listener: GatewayListener;
}

/** Gateways may serve one host together, if they agree how. Where they do not, Istio leaves out the listener of the younger one. */
function checkProxy(shared: readonly ListenerOf[], known: Set<GatewayListener>, report: Report): void {
  for (const [i, { gateway, listener }] of shared.entries()) {
    for (const earlier of shared.slice(0, i)) {
      const isOwn = earlier.gateway === gateway || known.has(listener);
      const conflict = isOwn ? undefined : disagreementOf(earlier.listener, listener);
      if (conflict === undefined) continue;
      known.add(listener);
      report('FL0436', {
        message: `listener "${listener.name}" of ${keyOf(gateway)} ${conflict}, on the same proxies`,
        span: listener.origin,
        related: [{ message: `the listener of ${keyOf(earlier.gateway)}`, span: earlier.listener.origin }],
        hint: 'make the two listeners agree, or give the gateways selectors that choose different proxies',
      });
    }
  }
}

function disagreementOf(a: GatewayListener, b: GatewayListener): string | undefined {
  if (a.port !== b.port) return undefined;
  if (schemeOf(a) !== schemeOf(b)) return `speaks ${b.protocol} on port ${b.port}, where another speaks ${a.protocol}`;
  const shared = b.hosts.find((host) => a.hosts.includes(host));
  if (shared === undefined) return undefined;
  if (a.tlsSecret !== b.tlsSecret)
    return `serves "${shared}" with secret "${b.tlsSecret}", another with "${a.tlsSecret}"`;
  return a.redirectToHttps === b.redirectToHttps
    ? undefined
    : `${b.redirectToHttps ? 'redirects' : 'does not redirect'} "${shared}" to HTTPS, and another ${b.redirectToHttps ? 'does not' : 'does'}`;
}
