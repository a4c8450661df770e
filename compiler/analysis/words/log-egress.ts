// Why a proxy answered for all hosts that it has no route for, `block_all`: what of the host and the port it does not know.
import {
  hostOf,
  keyOf,
  type MeshIndex,
  type ServicePort,
  speaksHttp,
  type TestRequest,
  type Workload,
} from '../../model/index.ts';
import { findHost, findPort, findUse } from '../place/find-host.ts';
import type { Step } from '../verdict.ts';
import { askedRequest } from './log-again.ts';
import type { LogLine } from './log-line.ts';

export function blockedStep(index: MeshIndex, line: LogLine, caller: Workload | undefined): Step {
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
