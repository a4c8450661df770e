// Which requests a gateway already sends to a host: those from outside are compared as such, all others it may come to send.
import { everything, hostsOfRoute, involvedFor, type Language, matchLanguage } from '../analysis/index.ts';
import {
  type Clause,
  handle,
  isHttp,
  type HttpAction,
  type HttpRoute,
  keyOf,
  type MeshIndex,
  runsGateway,
  type Table,
  type Workload,
} from '../model/index.ts';
import { type Asked, distinctWorkloads, portsOf } from './latent-rows.ts';

type Indexes = readonly [base: MeshIndex, head: MeshIndex];

/** For each of the proxies (`gatewayCallers`), the ports and paths of the host that it exposes in neither mesh. Gateways route HTTP alone. */
export function unexposedParts(
  [base, head]: Indexes,
  proxies: readonly Workload[],
  { host, ports }: { readonly host: string; readonly ports: readonly number[] },
): Asked[] {
  const routed = portsOf([base, head], host, ({ protocol }) => isHttp(protocol));
  const http = ports.filter((port) => routed.includes(port));
  return proxies.flatMap((caller) => {
    const callers = [keyOf(caller)];
    return http.flatMap((port): Asked[] => {
      const paths = [base, head].flatMap((index) => exposedPaths(index, keyOf(caller), { host, port }));
      if (paths.length === 0) return [{ host, port, callers }];
      const within = paths.reduce((all, one) => all.or(one)).not();
      return within.equals(everything.not()) ? [] : [{ host, port, callers, within }];
    });
  });
}

/** The proxies of gateways in both meshes: their identities, as callers of their own. */
export function gatewayCallers([base, head]: Indexes): Workload[] {
  const found = head.mesh.workloads.filter((workload) => {
    const earlier = base.workloadByKey.get(keyOf(workload));
    return runsGateway(workload) && earlier !== undefined && runsGateway(earlier);
  });
  return distinctWorkloads(found).map((workload) => ({ ...workload, proxy: 'sidecar', labels: {} }));
}

interface Destination {
  readonly host: string;
  readonly port: number;
}

/** At the gateway the routes of a service apply as inside: what they send elsewhere is a request for the service all the same. */
function exposedPaths(index: MeshIndex, gateway: string, { host, port }: Destination): Language[] {
  const proxy = index.workloadByKey.get(gateway);
  const gateways = proxy ? index.gatewaysOf(proxy) : [];
  const routes = gateways.flatMap((one) => index.tablesOfGateway(keyOf(one))).flatMap(({ http }) => http);
  const beyond = new Set(involvedFor(index, host).services.flatMap(({ hosts }) => hosts));
  const leads = (route: HttpRoute) =>
    hostsOfRoute(route).some((one) => one !== host && beyond.has(one)) || portsAt(route, host).includes(port);
  return routes.filter(leads).flatMap(({ matches }) => matches.flatMap(pathsOf));
}

const portsWithin: Table<HttpAction, [host: string], readonly number[]> = {
  ForwardAction: ({ destinations }, wanted) =>
    destinations.flatMap(({ host, port }) => (host === wanted ? [port] : [])),
  RedirectAction: () => [],
};

function portsAt({ action }: HttpRoute, host: string): readonly number[] {
  return handle(portsWithin, action, host);
}

/** Patterns count for nothing: that the same is told twice costs less than to say nothing. */
function pathsOf({ all }: Clause): Language[] {
  const found = all.flatMap((condition) => (condition.kind === 'path' ? [condition] : []));
  if (found.length === 0) return [everything];
  return found.flatMap(({ anyOf }) => anyOf.flatMap((match) => (match.type === 'regex' ? [] : [matchLanguage(match)])));
}
