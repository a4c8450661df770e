// What the two control planes' proxies do otherwise, byte by byte: each row of docs/differences.md that a well-formed request does not meet.
import { egressMode, hostOf, isOpenEgress, speaksHttp } from '../../compiler/index.ts';
import { statusOf } from '../redirect/exchange.ts';
import type { NamespaceName } from './network.ts';
import type { ClusterService, Plan, Pod } from './plan.ts';
import type { Control, RunningPlan } from './running.ts';

interface Spoken {
  readonly why: string;
  readonly namespace: NamespaceName;
  readonly at: { readonly address: string; readonly port: number };
  readonly text: string;
  /** 0 is a connection that was closed; `routed` is whatever becomes of requests to the service, which chance may decide. */
  readonly wanted: Readonly<Record<Control, number | 'routed'>>;
}

type Wanted = Spoken['wanted'][Control];

/** Of one caller whose egress is declared; nothing in a mesh without one. */
export async function wireFailures(plan: Plan, running: RunningPlan, control: Control): Promise<readonly string[]> {
  const found = await Promise.all(
    spokenIn(plan).map(async ({ why, namespace, at, text, wanted }) => {
      const status = statusOf(await running.exchange(namespace, at, text));
      const isWanted = wanted[control] === 'routed' ? ![0, 400, 502].includes(status) : status === wanted[control];
      return isWanted ? [] : [`${control}: ${why}: status ${status}, wanted ${wanted[control]}`];
    }),
  );
  return found.flat();
}

function spokenIn(plan: Plan): readonly Spoken[] {
  const { index, pods, services } = plan;
  for (const pod of pods) {
    if (pod.workload.proxy !== 'sidecar' || isOpenEgress(egressMode(index, pod.workload))) continue;
    for (const { service, port } of index.usesOf(pod.workload)) {
      const known = services.find((one) => one.service === service && one.pods.length > 0);
      if (known && speaksHttp(index, pod.workload, service, port)) return spokenTo(pod, known, port.number);
    }
  }
  return [];
}

function spokenTo(caller: Pod, { service, address }: ClusterService, port: number): readonly Spoken[] {
  const host = hostOf(service);
  const said = (why: string, text: string, istiod: Wanted, fairlead: Wanted): Spoken => ({
    why,
    namespace: caller.namespace,
    at: { address, port },
    text,
    wanted: { istiod, fairlead },
  });
  const head = (line: string, name: string) => `${line}\r\nHost: ${name}\r\nConnection: close\r\n\r\n`;
  return [
    said('HTTP/1.0', head('GET / HTTP/1.0', host), 0, 426),
    said('an empty line first', `\r\n${head('GET / HTTP/1.1', host)}`, 0, 'routed'),
    said('raw bytes in the target', head('GET /\u00e9 HTTP/1.1', host), 0, 400),
    said('a method that nobody knows', head('FOO / HTTP/1.1', host), 400, 400),
    said('an address as the host', head('GET / HTTP/1.1', address), 'routed', 502),
  ];
}
