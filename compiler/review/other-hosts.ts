// What names that nobody knows come to on a port, all of them at once: something takes it, or reads what is passed on there.
import { contentKey, isHeldByNoScope, portsRead, type Question, type ReadPort, takerOf } from '../analysis/index.ts';
import { hasSidecar, type MeshIndex, type Workload } from '../model/index.ts';
import { hostKey } from './involved.ts';
import { standIn } from './stand-ins.ts';

/** All hosts that neither mesh knows: what callers are compared with whose proxies pass on what they do not know. */
export const everyOther = '*';

export const anyOtherHost = 'any other host';

interface OtherHosts {
  readonly request: Question['request'];
  readonly host: string;
  readonly callers: readonly string[];
  readonly shown: string;
}

/** Ports on which such names may fare otherwise than before, for reasons that lie in what else is called there. */
export function otherHosts(
  meshes: readonly [base: MeshIndex, head: MeshIndex],
  workloads: ReadonlySet<string>,
  named: ReadonlySet<string>,
): OtherHosts[] {
  const waysIn = meshes.map(waysOnPorts);
  const callers = new Map<number, string[]>();
  for (const key of workloads) {
    const [before, after] = waysIn.map((ways) => ways(key)) as [Ways, Ways];
    for (const port of new Set([...before.keys(), ...after.keys()])) {
      if (before.get(port) !== after.get(port)) callers.set(port, [...(callers.get(port) ?? []), key]);
    }
  }
  return [...callers].map(([port, list]) => ({
    request: { scheme: 'http', port, host: standIn(everyOther, named) },
    host: everyOther,
    callers: list.sort(),
    shown: `${anyOtherHost}:${port}`,
  }));
}

/** By number of the port: equal where all such names fare alike. */
type Ways = ReadonlyMap<number, string>;

function waysOnPorts(index: MeshIndex): (key: string) => Ways {
  const contents = new Map<string, string>();
  const contentOf = (host: string) => {
    const content = contents.get(host) ?? hostKey(index, host);
    contents.set(host, content);
    return content;
  };
  return (key) => {
    const workload = index.workloadByKey.get(key);
    if (!workload || !hasSidecar(workload)) return new Map();
    const numbers = new Set(index.usesOf(workload).map(({ port }) => port.number));
    return new Map(
      [...numbers].flatMap((number) => {
        const way = wayOn(index, workload, number, contentOf);
        return way === undefined ? [] : [[number, way] as const];
      }),
    );
  };
}

/** All that is said of what takes the port, and who calls. Undefined where nothing does: what is told of any port is told of it. */
function wayOn(
  index: MeshIndex,
  workload: Workload,
  number: number,
  contentOf: (host: string) => string,
): string | undefined {
  const taker = takerOf(index, workload, number);
  if (!taker) return undefined;
  return contentKey([index.mesh.settings.trustDomain, workload.serviceAccount, taker.host, contentOf(taker.host)]);
}

/** Ports on which a caller's proxy reads what it passes on. Undefined for callers whose proxies pass on nothing. */
export function portsPassedRead(index: MeshIndex, key: string): ReadonlyMap<number, ReadPort> | undefined {
  const workload = index.workloadByKey.get(key);
  if (!workload || !hasSidecar(workload) || !isHeldByNoScope(index, workload)) return undefined;
  return portsRead(index, workload);
}

/** In one of two meshes alone or but for TLS, where both pass on. */
export function portsReadOtherwise(
  before: ReadonlyMap<number, ReadPort> | undefined,
  after: ReadonlyMap<number, ReadPort> | undefined,
): readonly number[] {
  if (!before || !after) return [];
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (port) => before.get(port)?.isTlsApart !== after.get(port)?.isTlsApart,
  );
}
