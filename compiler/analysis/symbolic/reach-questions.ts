// What there is to ask, so that every way to every service is found: the hosts that callers in the mesh may address, and those that gateways serve.
import { keyOf, type MeshIndex, nearestHost, schemeOf, type Service, schemeTowards } from '../../model/index.ts';
import { clientOf } from '../place/caller.ts';
import { callerSignature } from '../place/caller-signature.ts';
import type { ServedPort } from '../place/find-host.ts';
import { involvedFor, involvedIn } from '../place/involved.ts';
import type { Question } from '../place/place.ts';
import { usersIn } from '../place/users.ts';
import { outside, unmeshed } from '../verdict.ts';

export interface ReachQuestion {
  /** Callers that fare alike; sorted. */
  readonly from: readonly string[];
  /** As the first of them asks. */
  readonly question: Question;
  /** Where an example is sent: a name under it, where the host is a wildcard. */
  readonly exampleHost: string;
}

/** Questions that may end at a service, or at any; of one caller, or of all. `outside` asks all gateways, the key of a gateway one. */
export function reachQuestions(index: MeshIndex, from: string | undefined, to: Service | undefined): ReachQuestion[] {
  const isAboutGateway = (key: string) => from === undefined || from === outside || from === key;
  return [
    ...(from === outside ? [] : insideQuestions(index, from, to)),
    ...outsideQuestions(index, to).filter(({ question }) => isAboutGateway(question.gateway ?? '')),
  ];
}

function insideQuestions(index: MeshIndex, from: string | undefined, to: Service | undefined): ReachQuestion[] {
  const { byHost, everywhere } = usersIn(index);
  const known = new Set(index.mesh.services.flatMap(({ hosts }) => hosts));
  return index.mesh.services.flatMap((service) =>
    service.hosts.flatMap((host) => {
      const involved = involvedFor(index, host);
      if (to && to !== service && !involved.services.includes(to)) return [];
      const users = [...new Set([...(byHost.get(host) ?? []), ...everywhere, unmeshed])].sort();
      const callers = users.filter((user) => from === undefined || user === from);
      const exampleHost = nameUnder(host, known);
      return service.ports.flatMap((port) => {
        const signed = { service, host, port: port.number, involved };
        const groups = Map.groupBy(callers, (caller) => callerSignature(index, caller, signed));
        return [...groups.values()].map((group) => ({
          from: group,
          question: askedInside(index, group[0] ?? '', { service, port, host }),
          exampleHost,
        }));
      });
    }),
  );
}

/** As the caller speaks to the port. */
export function askedInside(
  index: MeshIndex,
  from: string,
  { service, port, host }: ServedPort & { readonly host: string },
): Question {
  const scheme = schemeTowards(index, clientOf(index, from), service, port);
  return { from, request: { scheme, host, port: port.number } };
}

function outsideQuestions(index: MeshIndex, to: Service | undefined): ReachQuestion[] {
  return index.gatewayPorts().flatMap(({ workload, port, listeners, hosts }) => {
    const [first] = listeners;
    if (!first) return [];
    const names = new Set(hosts.keys());
    return [...hosts.values()].flatMap(({ host, tables }) => {
      if (to && !involvedIn(index, tables, undefined).services.includes(to)) return [];
      const request = { scheme: schemeOf(first), host, port } as const;
      const question = { from: outside, gateway: keyOf(workload), request };
      return [{ from: [outside], question, exampleHost: nameUnder(host, names) }];
    });
  });
}

/** A name that a wildcard stands for, and that nothing else in `known` names more exactly. */
function nameUnder(host: string, known: ReadonlySet<string>): string {
  if (!host.startsWith('*')) return host;
  const under = host === '*' ? '.example' : host.slice(1);
  for (let i = 0; ; i++) {
    const name = `any${i === 0 ? '' : i}${under}`;
    if (nearestHost(name, known) === host || i > known.size) return name;
  }
}
