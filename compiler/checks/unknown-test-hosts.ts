// A test that asks for a host which nothing declares holds whatever happens to the service that was meant.
import { compareText, didYouMean } from '../diagnostics/index.ts';
import { coversHost, hostAliases, type Mesh } from '../model/index.ts';
import type { Check } from './check.ts';

export const unknownTestHosts: Check = {
  name: 'unknown-test-host',
  codes: ['FL0453'],
  reads: ['services', 'gateways', 'tests'],
  check({ mesh }, report, placeOf) {
    if (mesh.tests.length === 0) return;
    const declared = declaredHosts(mesh);
    for (const { from, request, origin } of mesh.tests.flatMap(({ cases }) => cases)) {
      const [namespace = ''] = from === 'outside' ? [] : from.split('/');
      const names = declared.names(namespace);
      const host = request.host.replace(/\.$/, '');
      if (names.has(host) || declared.wildcards.some((wildcard) => coversHost(wildcard, host))) continue;
      const near = [...names].find((name) => isNearMiss(host, name));
      if (near === undefined && !looksLikeService(host, declared.namespaces)) continue;
      report('FL0453', {
        message: `nothing declares the host "${request.host}" that this test asks for`,
        span: placeOf(origin, request.host, '//'),
        hint:
          near === undefined
            ? (elsewhere(host, mesh) ?? didYouMean(host, names) ?? unknownHint)
            : `did you mean "${near}"?`,
      });
    }
  },
};

const unknownHint = 'declare it; a host that is to be unknown is one outside the mesh, such as `unknown.example.com`';

interface Declared {
  /** By which a caller in a namespace may ask; `""` is outside the mesh. */
  names(namespace: string): ReadonlySet<string>;
  readonly wildcards: readonly string[];
  readonly namespaces: ReadonlySet<string>;
}

function declaredHosts({ services, gateways }: Mesh): Declared {
  const ofGateways = gateways.flatMap(({ listeners }) => listeners.flatMap(({ hosts }) => hosts));
  const ofServices = services.flatMap(({ hosts }) => hosts).toSorted(compareText);
  const all = [...ofServices, ...ofGateways];
  const byNamespace = new Map<string, ReadonlySet<string>>();
  return {
    names(namespace) {
      const known = byNamespace.get(namespace);
      if (known) return known;
      const names = new Set([...ofServices.flatMap((host) => hostAliases(host, namespace)), ...ofGateways]);
      byNamespace.set(namespace, names);
      return names;
    },
    wildcards: all.filter((host) => host.startsWith('*.')),
    namespaces: new Set(services.map(({ namespace }) => namespace)),
  };
}

/** A name that only cluster DNS knows: a single label, one in a namespace of the mesh, or one below `svc`. */
function looksLikeService(host: string, namespaces: ReadonlySet<string>): boolean {
  const [, second, third] = host.split('.');
  if (second === undefined || /\.svc(?:\.cluster\.local)?$/.test(host)) return true;
  return third === undefined && namespaces.has(second);
}

/** One label of a declared host, of four letters or more, with one slip in it: shorter ones are too often other hosts. */
function isNearMiss(host: string, declared: string): boolean {
  const [a, b] = [host.split('.'), declared.split('.')];
  const differing = a.flatMap((label, i) => (label === b[i] ? [] : [[label, b[i] ?? ''] as const]));
  const [pair] = differing;
  return a.length === b.length && differing.length === 1 && pair !== undefined && isOneSlip(pair[0], pair[1]);
}

/** A letter too many, too few or another, or two neighbours that changed places. */
function isOneSlip(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) < 4) return false;
  const start = [...a].findIndex((letter, i) => letter !== b[i]);
  const at = start === -1 ? a.length : start;
  const [restA, restB] = [a.slice(at), b.slice(at)];
  const isSwap = restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
  return (
    isSwap || [restA.slice(1) === restB.slice(1), restA.slice(1) === restB, restA === restB.slice(1)].includes(true)
  );
}

/** The service of this name in another namespace: its bare name is known in its own only. */
function elsewhere(host: string, { services }: Mesh): string | undefined {
  const found = services.find(({ name }) => name === host.split('.')[0]);
  return found && `did you mean "${found.name}.${found.namespace}"?`;
}
