// A test that asks for a host which nothing declares holds whatever happens to the service that was meant.
import { compareText, didYouMean, suggest } from '../diagnostics/index.ts';
import { coversHost, hostAliases, isInMesh, type Mesh, type RouteTable, type Service } from '../model/index.ts';
import type { Check } from './check.ts';

export const unknownTestHosts: Check = {
  name: 'unknown-test-host',
  codes: ['FL0453'],
  reads: ['services', 'gateways', 'routeTables', 'tests'],
  check({ mesh }, report, placeOf) {
    if (mesh.tests.length === 0) return;
    const declared = declaredHosts(mesh);
    for (const { from, request, origin } of mesh.tests.flatMap(({ cases }) => cases)) {
      const [namespace = ''] = from === 'outside' ? [] : from.split('/');
      const names = declared.names(namespace);
      const host = request.host.replace(/\.$/, '');
      if (names.has(host) || declared.wildcards.some((wildcard) => coversHost(wildcard, host))) continue;
      const near = [...names].find((name) => isNearMiss(host, name, declared.isOfCluster(name)));
      if (near === undefined && !looksLikeService(host, declared.namespaces)) continue;
      report('FL0453', {
        message: `${whoLacks(from, host, mesh)} the host "${request.host}" that this test asks for`,
        span: placeOf(origin, request.host, '//'),
        hint:
          near !== undefined
            ? `did you mean "${near}"?`
            : from === 'outside'
              ? outsideHint(host, mesh)
              : (elsewhere(host, mesh) ?? didYouMean(host, names) ?? nearElsewhere(host, mesh) ?? unknownHint),
      });
    }
  },
};

/** A service may be there, under a name that this caller cannot ask by. */
function whoLacks(from: string, host: string, mesh: Mesh): string {
  const isName = mesh.services.some((service) =>
    service.hosts.some((one) => hostAliases(one, service.namespace).includes(host)),
  );
  if (!isName) return 'nothing declares';
  return from === 'outside' ? 'no gateway serves' : `nothing in namespace ${from.split('/')[0]} has`;
}

const unknownHint = 'declare it; a host that is to be unknown is one outside the mesh, such as `unknown.example.com`';

interface Declared {
  /** By which a caller in a namespace may ask; `""` is outside the mesh. */
  names(namespace: string): ReadonlySet<string>;
  readonly wildcards: readonly string[];
  /** False for names of public DNS. */
  isOfCluster(name: string): boolean;
  readonly namespaces: ReadonlySet<string>;
}

function declaredHosts({ services, gateways }: Mesh): Declared {
  const ofGateways = gateways.flatMap(({ listeners }) => listeners.flatMap(({ hosts }) => hosts));
  const ofServices = services.flatMap(({ hosts }) => hosts).toSorted(compareText);
  const all = [...ofServices, ...ofGateways];
  const outside = new Set([...ofGateways, ...services.filter((one) => !isInMesh(one)).flatMap(({ hosts }) => hosts)]);
  const byNamespace = new Map<string, ReadonlySet<string>>();
  return {
    names(namespace) {
      const known = byNamespace.get(namespace);
      if (known) return known;
      const names = new Set([...ofServices.flatMap((host) => hostAliases(host, namespace)), ...ofGateways]);
      byNamespace.set(namespace, names);
      return names;
    },
    isOfCluster: (name) => !outside.has(name),
    wildcards: all.filter((host) => host.startsWith('*.')),
    namespaces: new Set(services.map(({ namespace }) => namespace)),
  };
}

/** A name that only cluster DNS knows: a single label, one in a namespace of the mesh, or one below `svc` or `cluster.local`. */
function looksLikeService(host: string, namespaces: ReadonlySet<string>): boolean {
  const [, second, third] = host.split('.');
  if (second === undefined || /\.svc$|\.cluster\.local$/.test(host)) return true;
  return third === undefined && namespaces.has(second);
}

/**
 * A declared host with one slip in one label. A label of three letters or fewer is too often another host, but for what stands behind the
 * name of a service, and for the end of a public name: there are few others.
 */
function isNearMiss(host: string, declared: string, isOfCluster: boolean): boolean {
  const [a, b] = [host.split('.'), declared.split('.')];
  const differing = a.flatMap((label, i) => (label === b[i] ? [] : [{ label, meant: b[i] ?? '', i }]));
  const [slip] = differing;
  if (a.length !== b.length || differing.length !== 1 || slip === undefined) return false;
  const isNarrow = slip.i > 0 && (isOfCluster || slip.i === a.length - 1);
  return Math.min(slip.label.length, slip.meant.length) >= (isNarrow ? 2 : 4) && isOneSlip(slip.label, slip.meant);
}

/** A letter too many, too few or another, or two neighbours that changed places. */
function isOneSlip(a: string, b: string): boolean {
  const start = [...a].findIndex((letter, i) => letter !== b[i]);
  const at = start === -1 ? a.length : start;
  const [restA, restB] = [a.slice(at), b.slice(at)];
  const isSwap = restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
  return (
    isSwap || [restA.slice(1) === restB.slice(1), restA.slice(1) === restB, restA === restB.slice(1)].includes(true)
  );
}

/** Callers from outside ask for what gateways serve: those hosts that lead to the service of this name, else a near one. */
function outsideHint(host: string, { services, gateways, routeTables }: Mesh): string {
  const served = [...new Set(gateways.flatMap(({ listeners }) => listeners.flatMap(({ hosts }) => hosts)))];
  const service = services.find(({ name }) => name === host.split('.')[0]);
  const tables = routeTables.filter(
    ({ hosts, http }) => hosts.some((one) => served.includes(one)) && leadsTo(http, service),
  );
  const [leading] = tables.flatMap(({ hosts }) => hosts);
  if (leading !== undefined) return `callers from outside reach ${service?.name} as "${leading}"`;
  if (service && served.length === 0)
    return `no gateway exposes "${service.name}.${service.namespace}", so no caller from outside reaches it`;
  const near = didYouMean(host, served);
  if (near !== undefined) return near;
  const listed = served.slice(0, 3).map((one) => `"${one}"`);
  return listed.length === 0
    ? unknownHint
    : `callers from outside ask for hosts of gateways, such as ${listed.join(', ')}`;
}

function leadsTo(routes: RouteTable['http'], service: Service | undefined): boolean {
  return routes.some(
    ({ action }) =>
      action.kind === 'ForwardAction' && action.destinations.some(({ host }) => service?.hosts.includes(host) === true),
  );
}

/** The service of this name in another namespace: its bare name is known in its own only. */
function elsewhere(host: string, { services }: Mesh): string | undefined {
  const found = services.find(({ name }) => name === host.split('.')[0]);
  return found && `did you mean "${found.name}.${found.namespace}"?`;
}

/** The service of a near name, in whatever namespace. */
function nearElsewhere(host: string, { services }: Mesh): string | undefined {
  const [label = ''] = host.split('.');
  const near = suggest(
    label,
    services.map(({ name }) => name),
  );
  const found = services.find(({ name }) => name === near);
  return found && `did you mean "${isInMesh(found) ? `${found.name}.${found.namespace}` : found.hosts[0]}"?`;
}
