// What has to run on one machine for a mesh: an instance of every version of every workload, and a stand-in for all that is outside. Pure.
import {
  type Diagnostic,
  DiagnosticSink,
  didYouMean,
  hostOf,
  indexMesh,
  isHttp,
  isOnMachines,
  keyOf,
  type Labels,
  mayCarry,
  type Mesh,
  type MeshIndex,
  primaryServiceOf,
  type Service,
  type Subset,
  type Workload,
  hasProxy,
  runsGateway,
  selectsWorkloads,
  isInMesh,
  isOfCluster,
} from '../../compiler/index.ts';
import type { LocalApp, LocalCommand, LocalFile, LocalStandIn } from './local-file.ts';

/** One instance that shall run. */
export interface PlannedInstance {
  /** `shop/shoes-v1-0`: namespace and name of the instance. */
  readonly key: string;
  readonly name: string;
  readonly workload: Workload;
  readonly labels: Labels;
  /** Name of the version, or "" for a service without versions. */
  readonly version: string;
  /** Absent for a gateway, which has no application. `command` empty means the built-in echo server. */
  readonly app?: LocalCommand;
}

/** One program that stands for `host:port` outside the mesh. */
export interface PlannedStandIn {
  /** `HOST:PORT`, which is how placements name it. */
  readonly key: string;
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
  readonly isHttp: boolean;
  /** Other spellings of the same place: other hosts of the service, and its addresses. */
  readonly aliases: readonly string[];
  readonly app: LocalCommand;
}

export interface LocalPlan {
  readonly instances: readonly PlannedInstance[];
  readonly standIns: readonly PlannedStandIn[];
  /** Entries of local.yaml that fit nothing in the mesh. */
  readonly diagnostics: readonly Diagnostic[];
}

const builtIn: LocalCommand = { command: [], env: {} };

export function planLocal(mesh: Mesh, local: LocalFile): LocalPlan {
  const index = indexMesh(mesh);
  const instances = mesh.workloads.flatMap((workload) => instancesOf(index, workload, local));
  const standIns = mesh.services.flatMap((service) => standInsOf(service, local));
  return { instances, standIns, diagnostics: checkLocal(index, local) };
}

interface Variant {
  readonly version: string;
  readonly labels: Labels;
}

function instancesOf(index: MeshIndex, workload: Workload, local: LocalFile): PlannedInstance[] {
  if (!hasProxy(workload)) return [];
  if (runsGateway(workload)) {
    const name = `${workload.name}-0`;
    return [{ key: `${workload.namespace}/${name}`, name, workload, labels: workload.labels, version: '' }];
  }
  const service = primaryServiceOf(index, workload);
  return variantsOf(index, workload, service).flatMap(({ version, labels }) => {
    const entry = entryOf(index, local, service, version);
    const fallback = local.fallback ?? builtIn;
    const app = { command: entry?.command ?? fallback.command, env: { ...fallback.env, ...entry?.env } };
    return Array.from({ length: entry?.replicas ?? 1 }, (_, i) => {
      const name = [workload.name, ...(version === '' ? [] : [version]), i].join('-');
      return { key: `${workload.namespace}/${name}`, name, workload, labels, version, app };
    });
  });
}

/** The versions a workload runs: the subsets of its service that its own labels do not contradict. */
function variantsOf(index: MeshIndex, workload: Workload, service: Service | undefined): Variant[] {
  const variants = subsetsOf(index, service)
    .filter(({ labels }) => mayCarry(index, workload, labels))
    .map(({ name, labels }) => ({ version: name, labels: { ...workload.labels, ...labels } }));
  return variants.length > 0 ? variants : [{ version: '', labels: workload.labels }];
}

/** The versions that callers may tell apart, whoever they are. */
function subsetsOf(index: MeshIndex, service: Service | undefined): readonly Subset[] {
  const policies = service ? index.destinationPoliciesOf(hostOf(service)) : [];
  const subsets = policies.flatMap((policy) => policy.subsets);
  return [...new Map(subsets.map((subset) => [subset.name, subset])).values()];
}

/** The entry for just this version, else the one for the service. */
function entryOf(
  index: MeshIndex,
  local: LocalFile,
  service: Service | undefined,
  version: string,
): LocalApp | undefined {
  if (!service) return undefined;
  const entries = local.apps.filter((app) => findService(index, app.service) === service);
  return (
    entries.find((app) => app.version === version && version !== '') ?? entries.find((app) => app.version === undefined)
  );
}

/**
 * One a port: to the callers' proxies all hosts of a service are one place, those under a wildcard and those that callers look up
 * themselves too.
 */
function standInsOf(service: Service, local: LocalFile): PlannedStandIn[] {
  if (selectsWorkloads(service)) return [];
  const [first = service.name, ...others] = service.hosts;
  return service.ports.map((port) => {
    const entry = local.standIns.find(
      (s) => service.hosts.some((host) => isFor(s, service, host)) && [0, port.number].includes(s.port),
    );
    return {
      key: `${first}:${port.number}`,
      name: others.length > 0 ? first : service.name,
      namespace: service.namespace,
      port: port.number,
      isHttp: isHttp(port.protocol),
      aliases: [
        ...others.map((host) => `${host}:${port.number}`),
        ...service.addresses.map((address) => `${address}:${port.targetPort}`),
      ],
      app: entry ? { command: entry.command, env: entry.env } : builtIn,
    };
  });
}

function isFor(standIn: LocalStandIn, service: Service, host: string): boolean {
  if (standIn.kind === 'external') return !isInMesh(service) && standIn.name === host;
  return isOnMachines(service) && [service.name, keyOf(service)].includes(standIn.name);
}

/** `namespace/name`, or a name that only one namespace has. */
function findService(index: MeshIndex, reference: string): Service | undefined {
  const found = index.mesh.services.filter(
    (s) => isOfCluster(s) && (reference.includes('/') ? keyOf(s) : s.name) === reference,
  );
  return found.length === 1 ? found[0] : undefined;
}

function checkLocal(index: MeshIndex, local: LocalFile): readonly Diagnostic[] {
  const sink = new DiagnosticSink();
  const services = index.mesh.services;
  const unknown = (what: string, name: string, span: LocalApp['span'], known: Iterable<string>) =>
    sink.report('FL0851', { message: `the mesh has no ${what} "${name}"`, span, hint: didYouMean(name, known) });
  for (const app of local.apps) {
    const service = findService(index, app.service);
    if (!service) {
      const names = services.filter(isOfCluster).flatMap((s) => [s.name, keyOf(s)]);
      unknown('service, or more than one,', app.service, app.span, names);
    } else if (app.version !== undefined) {
      const versions = subsetsOf(index, service).map((s) => s.name);
      if (!versions.includes(app.version)) unknown(`version of ${app.service}`, app.version, app.span, versions);
    }
  }
  for (const standIn of local.standIns) {
    const candidates = services.filter((s) => (standIn.kind === 'external' ? !isInMesh(s) : isOnMachines(s)));
    if (candidates.some((s) => s.hosts.some((host) => isFor(standIn, s, host)))) continue;
    const names = candidates.flatMap((s) => (standIn.kind === 'external' ? s.hosts : [s.name, keyOf(s)]));
    unknown(standIn.kind === 'external' ? 'external host' : 'MeshWorkload', standIn.name, standIn.span, names);
  }
  return sink.toSorted();
}
