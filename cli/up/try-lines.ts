// Commands for a newcomer to copy: a request that the mesh lets through, one that it denies, one through a gateway.
// Taken from the repository's own MeshTests where it has some, and checked against the verdict either way.
import {
  explainRequest,
  formatRequest,
  type Mesh,
  outside,
  type TestRequest,
  selectsWorkloads,
  headerPairs,
} from '../../compiler/index.ts';
import { quoted } from '../shell.ts';
import type { UpStatus } from './up-client.ts';

export interface TryLine {
  readonly command: string;
  /** Who asks, and what comes of it. */
  readonly note: string;
}

interface Candidate {
  readonly from: string;
  readonly request: TestRequest;
}

export function worthTrying(mesh: Mesh, status: UpStatus): readonly TryLine[] {
  const candidates = [...mesh.tests.flatMap((test) => test.cases), ...callsOf(mesh)];
  const find = (isWanted: (candidate: Candidate) => boolean, isAllowed: boolean): TryLine[] => {
    for (const candidate of candidates.filter(isWanted)) {
      const { verdict } = explainRequest(mesh, candidate);
      if (isAllowed ? verdict.outcome !== 'allowed' : verdict.reason !== 'access') continue;
      const command = curl(mesh, status, candidate);
      const from = candidate.from === outside ? 'from outside' : `as ${candidate.from}`;
      if (command) return [{ command, note: `${from}: ${isAllowed ? 'allowed' : `denied, ${verdict.status ?? 403}`}` }];
    }
    return [];
  };
  const isInside = ({ from, request }: Candidate) => from !== outside && request.scheme === 'http';
  const isOutside =
    (scheme: string) =>
    ({ from, request }: Candidate) =>
      from === outside && request.scheme === scheme;
  return [
    ...find(isInside, true),
    ...find(isInside, false),
    ...find(isOutside('http'), true),
    ...find(isOutside('https'), true),
  ];
}

/** Notes stand in a column of their own, as comments: a line can be copied whole. */
export function renderTryLines(lines: readonly TryLine[]): string {
  const width = Math.min(72, Math.max(...lines.map(({ command }) => command.length)));
  return `Try\n${lines.map(({ command, note }) => `  ${command.padEnd(width)}  # ${note}\n`).join('')}`;
}

/** What each workload says it uses, asked for plainly. */
function* callsOf(mesh: Mesh): Generator<Candidate> {
  for (const { workload, hosts } of mesh.egressScopes) {
    for (const { host: canonical } of hosts) {
      const service = mesh.services.find(({ hosts }) => hosts.includes(canonical));
      const port = service?.ports.find(({ protocol }) => protocol === 'HTTP')?.number;
      if (!service || !selectsWorkloads(service) || port === undefined) continue;
      const host = workload.startsWith(`${service.namespace}/`) ? service.name : `${service.name}.${service.namespace}`;
      for (const method of ['GET', 'POST'])
        yield { from: workload, request: { method, scheme: 'http', host, port, path: '/', headers: {} } };
    }
  }
}

function curl(mesh: Mesh, status: UpStatus, { from, request }: Candidate): string | undefined {
  const url = formatRequest(request).replace(/^\w+ /, '');
  const method = request.method === 'GET' ? [] : ['-X', request.method];
  const headers = headerPairs(request.headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const way = from === outside ? gatewayOptions(mesh, status, request) : sidecarOptions(status, from);
  return way && ['curl', '-i', ...method, ...headers, ...way, url].map(quoted).join(' ');
}

function sidecarOptions({ addresses }: UpStatus, from: string): string[] | undefined {
  const address = addresses.instances.find(({ workload }) => workload === from)?.outboundHttp;
  return address === undefined ? undefined : ['-x', address];
}

function gatewayOptions(mesh: Mesh, status: UpStatus, { scheme, port }: TestRequest): string[] | undefined {
  for (const gateway of mesh.gateways) {
    const listener = gateway.listeners.find((l) => l.port === port && l.protocol.toLowerCase() === scheme);
    const address = listener && status.addresses.gateways[`${gateway.namespace}/${gateway.name}`]?.[listener.name];
    if (address === undefined) continue;
    return ['--connect-to', `::${address}`, ...(scheme === 'https' ? ['--cacert', status.meshCaFile] : [])];
  }
  return undefined;
}
