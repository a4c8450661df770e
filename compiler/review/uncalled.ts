// What changes of services that nobody calls yet: the routes that the next caller is given, and new services and ports that are open to all.
import { usersIn } from '../analysis/index.ts';
import {
  allowsByDefault,
  indexMesh,
  isInMesh,
  isOpenEgress,
  keyOf,
  type Mesh,
  type MeshIndex,
  type MeshSettings,
} from '../model/index.ts';
import type { Finding } from './compare.ts';
import { hostContent } from './involved.ts';
import { gatewayCallers, unexposedParts } from './exposed-parts.ts';
import { type Asked, latentRows, onceDeclared, onceEach, onceExposed, portsOf, type Told } from './latent-rows.ts';
import { newcomersTo } from './newcomers.ts';
import type { Meshes } from './proof.ts';
import { type Comparison, hostsWithin } from './questions.ts';
import type { ReviewRow } from './review.ts';
import { callersIn } from './strangers.ts';
import { toldIn } from './told.ts';
import { splitDestination } from './words.ts';

/** Of hosts that are compared anyway. `today` is told of those who call. */
export function uncalledRows(meshes: Meshes, comparisons: readonly Comparison[], today: Told): Told {
  const hosts = hostsWithin(comparisons);
  const left = new Set(today.notAnalysed.map(({ destination }) => destination));
  const [changed, open] = [changedUncalled(meshes, hosts, left), newlyOpen(meshes, hosts, left)];
  const rows = [...notToldOf(changed.rows, today.rows), ...open.rows];
  return { rows, notAnalysed: [...changed.notAnalysed, ...open.notAnalysed] };
}

/** Routes and copies lead where nobody calls by name: the same change there is one. */
function notToldOf(rows: readonly ReviewRow[], today: readonly ReviewRow[]): ReviewRow[] {
  const known = toldIn(today);
  return rows.filter(({ kind, about = '', destinations }) => {
    const as = ['copies', ...about.split(', ')];
    const isTold = (destination: string) => {
      const { host, port } = splitDestination(destination);
      return as.some((word) => known.has(host, { as: [word], port }));
    };
    return kind !== 'traffic' || !destinations.every(isTold);
  });
}

/** Whether they would be let in is told of elsewhere: it does not hide what they would meet then. */
function changedUncalled({ base, head }: Meshes, hosts: readonly string[], left: ReadonlySet<string>): Told {
  const users = [base, head].map(usersIn);
  if (users.some(({ everywhere }) => everywhere.size > 0)) return { rows: [], notAnalysed: [] };
  const uncalled = hosts.flatMap((host) => {
    const ports = portsOf([base], host)
      .filter((port) => portsOf([head], host).includes(port))
      .filter((port) => users.every(({ byPort }) => !byPort.has(`${host}:${port}`)));
    return ports.length === 0 ? [] : [{ host, ports }];
  });
  if (uncalled.length === 0) return { rows: [], notAnalysed: [] };
  const open = { base: openTo(base, head.mesh.settings), head: openTo(head, head.mesh.settings) };
  const newcomers = newcomersTo([open.base, open.head], '', new Set());
  const asked = uncalled
    .filter(({ host }) => hostContent(open.base, host) !== hostContent(open.head, host))
    .flatMap(({ host, ports }) => ports.map((port): Asked => ({ host, port, callers: newcomers.map(keyOf) })));
  const { rows, notAnalysed } = latentRows(open, asked, { newcomers, left, tells: isOfWay });
  return { rows: rows.map(asUncalled), notAnalysed };
}

/** The Mesh's own defaults are told of as such. */
function openTo(index: MeshIndex, { timeoutMs, retries }: MeshSettings): MeshIndex {
  const { mesh } = index;
  const settings: MeshSettings = { ...mesh.settings, accessDefault: 'allow', timeoutMs, retries };
  const open: Mesh = { ...mesh, settings, authorizationPolicies: [] };
  return indexMesh(open, index);
}

/** Where they go and how they are handled; what is behind a service, and how it is talked to, is told as its settings. */
function isOfWay({ change: { kind, about = '' }, base, head }: Finding): boolean {
  if (kind === 'mtls') return about === 'TLS to the outside';
  if (kind === 'traffic') return about.split(', ').some((word) => !ofSettings.has(word));
  return base.reason !== 'mtls' && head.reason !== 'mtls';
}

const ofSettings: ReadonlySet<string> = new Set(['instances', 'workloads', 'port', 'protocol']);

/** Its example would be of a mesh in which everybody is let in. */
function asUncalled({ example: _example, others, title, ...row }: ReviewRow): ReviewRow {
  const what = isOfReach(row)
    ? `calls to ${title.slice(title.lastIndexOf(' call ') + ' call '.length)} end otherwise`
    : title.replace(/ from any further workload(?= to )/, '');
  return {
    ...row,
    ...(isOfReach(row) && { kind: 'traffic', effect: 'changed' }),
    severity: 'low',
    title: `${what}; nobody calls it yet`,
    ...(others && { others: others.map(({ example: _shown, ...way }) => way) }),
  };
}

function isOfReach({ kind }: Pick<ReviewRow, 'kind'>): boolean {
  return kind === 'access' || kind === 'egress';
}

/** Where access is denied unless a rule lets in: whom rules let in at ports that were not there, besides those who call them. */
function newlyOpen(meshes: Meshes, hosts: readonly string[], left: ReadonlySet<string>): Told {
  const { base, head } = meshes;
  if (allowsByDefault(head.mesh.settings)) return { rows: [], notAnalysed: [] };
  const callers = callersIn(meshes);
  const asked = hosts.flatMap((host) => {
    const service = head.serviceByHost.get(host);
    if (!service || !isInMesh(service)) return [];
    const ports = portsOf([head], host).filter((port) => !portsOf([base], host).includes(port));
    if (ports.length === 0) return [];
    const { newcomers, strangersAt } = callers.of(host);
    const next = newcomers.map(keyOf).sort();
    return ports.map((port) => ({ newcomers, one: { host, port, callers: [...strangersAt(port), ...next] } }));
  });
  const { rows, notAnalysed } = latentRows(
    meshes,
    asked.map(({ one }) => one),
    { newcomers: asked.flatMap(({ newcomers }) => newcomers), left, tells: ({ change }) => change.effect === 'gained' },
  );
  const open = rows.map(asOpen);
  const exposed = newlyExposable(meshes, hosts, left);
  return {
    rows: [
      ...(isOpenEgress(head.mesh.settings.egressDefault) ? open : open.map(onceDeclared)),
      ...exposed.rows.map(asOpen).map(onceExposed),
    ],
    notAnalysed: onceEach([notAnalysed, exposed.notAnalysed]),
  };
}

/** The gateways that are let in at ports of HTTP that were not there, and do not expose them. */
function newlyExposable({ base, head }: Meshes, hosts: readonly string[], left: ReadonlySet<string>): Told {
  const proxies = gatewayCallers([base, head]);
  const asked = hosts.flatMap((host) => {
    const known = portsOf([base], host);
    const ports = portsOf([head], host).filter((port) => !known.includes(port));
    return unexposedParts([base, head], proxies, { host, ports });
  });
  const tells = ({ change }: Finding) => change.effect === 'gained';
  return latentRows({ base, head }, asked, { newcomers: proxies, left, tells });
}

/** Only what lets them in was written by somebody. */
function asOpen(row: ReviewRow): ReviewRow {
  return { ...row, from: 'not there', base: [], head: row.head.slice(0, 1) };
}
