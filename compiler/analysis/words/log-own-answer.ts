// What a proxy did by itself, without a route of any service: refused a host that it does not know, closed a connection or passed it on,
// or sent a caller to HTTPS.
import {
  hostOf,
  keyOf,
  type MeshIndex,
  runsGateway,
  type ServicePort,
  speaksHttp,
  type TestRequest,
  type Workload,
} from '../../model/index.ts';
import { findHost, findPort, findUse } from '../place/find-host.ts';
import { findPlace } from '../place/place.ts';
import { outside, type Step } from '../verdict.ts';
import { askedRequest, blockAll } from './log-again.ts';
import type { LogLine } from './log-line.ts';

interface OwnDoing {
  readonly step: Step;
  /** Whether nothing more is to be said of the line. */
  readonly isAll: boolean;
}

/** Undefined where a service, or a route of one, had a part in it. */
export function ownDoing(index: MeshIndex, line: LogLine, workload: Workload | undefined): OwnDoing | undefined {
  if (line.routeName === blockAll) return { step: blockedStep(index, line, workload), isAll: true };
  const known = clusters[line.direction === 'inbound' ? 'inbound' : 'outbound'][line.cluster ?? ''];
  if (known) {
    const scope = line.direction === 'inbound' || !workload ? undefined : index.scopeByWorkload.get(keyOf(workload));
    const { origin } = scope ?? workload ?? {};
    return { step: { text: known.text, ...(origin && { origin }) }, isAll: known.isClosed };
  }
  const isUnrouted = line.details === 'direct_response' && line.routeName === undefined;
  const step = isUnrouted && workload && runsGateway(workload) ? redirectedStep(index, line, workload) : undefined;
  return step && { step, isAll: true };
}

interface OwnCluster {
  readonly text: string;
  readonly isClosed: boolean;
}

/** Where a proxy sends what no service takes; the names are the same here and under Istio. */
const clusters: Readonly<Record<'inbound' | 'outbound', Readonly<Record<string, OwnCluster>>>> = {
  outbound: {
    BlackHoleCluster: {
      text: 'the proxy closes it: nothing that the caller uses takes what was dialled',
      isClosed: true,
    },
    PassthroughCluster: {
      text: 'egress mode any: passed on to what was dialled, which is nothing that the caller uses',
      isClosed: false,
    },
  },
  inbound: {
    BlackHoleCluster: {
      text: 'the proxy closes it: no service of the workload has the port that was dialled',
      isClosed: true,
    },
    InboundPassthroughCluster: { text: 'passed on to a port that no service of the workload has', isClosed: false },
  },
};

function redirectedStep(index: MeshIndex, line: LogLine, workload: Workload): Step | undefined {
  const request = askedRequest(index, line, workload);
  const place = request && findPlace(index, { from: outside, gateway: keyOf(workload), request });
  if (place?.kind !== 'redirect') return undefined;
  return { text: 'the listener sends whoever comes by HTTP to HTTPS', origin: place.origin };
}

function blockedStep(index: MeshIndex, line: LogLine, caller: Workload | undefined): Step {
  const asked = caller && askedRequest(index, line, caller);
  if (!caller || !asked) return { text: `the caller does not declare that it uses ${line.authority ?? 'this host'}` };
  const { host, port } = asked;
  const key = keyOf(caller);
  const use = findUse(index, caller, host, port);
  if (use) {
    const { number, protocol, origin } = use.port;
    const name = hostOf(use.service);
    if (speaksHttp(index, caller, use.service, use.port)) {
      const text = `the intent at hand has ${key} use ${name}:${number}: the line is from another commit`;
      return { text, origin: use.entry.origin };
    }
    const text = `${key} uses ${name}, but its port ${number} speaks ${protocol}, and this was plain HTTP`;
    return { text, origin };
  }
  return undeclaredStep(index, caller, asked);
}

function undeclaredStep(index: MeshIndex, caller: Workload, { host, port }: Asked): Step {
  const key = keyOf(caller);
  const { origin } = index.scopeByWorkload.get(key) ?? caller;
  const found = findHost(index, host, caller.namespace);
  if (!found) return { text: `${key} does not declare that it uses ${host}, and the intent has no such host`, origin };
  const { service } = found;
  const name = hostOf(service);
  if (!findPort(service, port)) {
    return { text: `${name} has no port ${port}, only ${listed(service.ports)}`, origin: service.origin };
  }
  const others = index.usesOf(caller).filter((use) => use.service === service);
  const [declared] = others;
  if (!declared) return { text: `${key} does not declare that it uses ${name}`, origin };
  const open = listed(others.map((use) => use.port));
  return { text: `${key} declares that it uses ${name} on ${open}, not on ${port}`, origin: declared.entry.origin };
}

type Asked = Pick<TestRequest, 'host' | 'port'>;

function listed(ports: readonly Pick<ServicePort, 'number'>[]): string {
  return ports.map(({ number }) => number).join(', ');
}
