// Ports that proxies keep for themselves in a pod, and what becomes of an application, a service or a listener there.
// https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
// Not among them: 15002, held only while the init container runs, and 15053, held only where DNS is captured.

/** Of our proxies, with Istio's numbers, so that its dashboards, policies and habits keep working. */
export const proxyPorts = {
  admin: 15000,
  outbound: 15001,
  inbound: 15006,
  status: 15020,
  ready: 15021,
  stats: 15090,
} as const;

/** Of Istio's proxies alone. */
const istioPorts = { debug: 15004, tunnel: 15008 } as const;

type Job = keyof typeof proxyPorts | keyof typeof istioPorts;

export interface ProxyPort {
  readonly number: number;
  /** What the proxy does there, such as `metrics`. */
  readonly job: string;
  /** `taken`: the proxy listens there, so the application cannot. `unguarded`: what comes to it is not redirected to the proxy. */
  readonly besideApplication: 'taken' | 'unguarded';
  /** A sidecar listens there at every address, so it cannot also stand in for a service with that port. */
  readonly takesCalls: boolean;
  /** The proxy of a gateway listens there too. */
  readonly onGateways: boolean;
}

const facts: Readonly<Record<Job, ProxyPort>> = {
  admin: taken(proxyPorts.admin, 'administration', { takesCalls: false, onGateways: true }),
  outbound: taken(proxyPorts.outbound, 'outbound calls', { takesCalls: true, onGateways: false }),
  debug: taken(istioPorts.debug, "debugging, of Istio's proxies", { takesCalls: false, onGateways: true }),
  inbound: taken(proxyPorts.inbound, 'inbound calls', { takesCalls: true, onGateways: false }),
  tunnel: unguarded(istioPorts.tunnel, "tunnels, of Istio's proxies", { takesCalls: false, onGateways: false }),
  status: unguarded(proxyPorts.status, 'probes and metrics', { takesCalls: true, onGateways: true }),
  ready: unguarded(proxyPorts.ready, 'readiness', { takesCalls: true, onGateways: true }),
  stats: unguarded(proxyPorts.stats, 'metrics', { takesCalls: true, onGateways: true }),
};

type Places = Pick<ProxyPort, 'takesCalls' | 'onGateways'>;

function taken(number: number, job: string, places: Places): ProxyPort {
  return { number, job, besideApplication: 'taken', ...places };
}

function unguarded(number: number, job: string, places: Places): ProxyPort {
  return { number, job, besideApplication: 'unguarded', ...places };
}

const byNumber: ReadonlyMap<number, ProxyPort> = new Map(Object.values(facts).map((port) => [port.number, port]));

export function proxyPortOf(number: number): ProxyPort | undefined {
  return byNumber.get(number);
}
