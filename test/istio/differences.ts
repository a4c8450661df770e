// Disagreements by design, each as docs/differences.md has it under istiod. A row that none of them knows is a failure.
import { isOwnTls, keyOf, nearestHost, type Verdict } from '../../compiler/index.ts';
import type { Observation, PlannedRequest } from '../conformance/ask.ts';
import type { Plan } from './plan.ts';

/** What a proxy under one control plane did, and how it differs from the verdict. */
export interface Disagreement {
  readonly plan: Plan;
  readonly control: 'istiod' | 'fairlead';
  readonly planned: PlannedRequest;
  readonly verdict: Verdict;
  readonly got: Observation;
  readonly difference: string;
}

export interface KnownDifference {
  /** The heading in docs/differences.md. */
  readonly title: string;
  /** The answers of the two have nothing in common then. */
  readonly isWhole?: boolean;
  readonly isIt: (row: Disagreement) => boolean;
}

export const knownDifferences: readonly KnownDifference[] = [
  {
    title: 'What does not begin like HTTP/1.1',
    isWhole: true,
    isIt: ({ control, planned, verdict, got }) =>
      control === 'istiod' &&
      ((verdict.reason === 'request' && got.status === 0 && /[^!-~]/.test(planned.call.request.path)) ||
        // What is passed through there, ours refuses.
        verdict.steps.at(-1)?.text.includes('so that its proxy reads port') === true),
  },
  {
    title: 'A redirect to the port that its scheme has anyway',
    isWhole: true,
    isIt: ({ control, verdict, difference }) =>
      control === 'istiod' &&
      difference.startsWith('location ') &&
      /^(https:\/\/[^/]*:443|http:\/\/[^/]*:80)(\/|$)/.test(verdict.location ?? ''),
  },
  {
    title: 'WebSocket to ports of HTTP/2',
    isWhole: true,
    isIt: ({ control, planned: { call }, verdict, got }) =>
      control === 'istiod' &&
      verdict.reason === 'request' &&
      got.status === 503 &&
      call.request.headers.upgrade === 'websocket' &&
      verdict.shares.some(({ targets }) => targets.some(({ endpoint }) => endpoint.protocol === 'HTTP/2')),
  },
  {
    title: 'The response header `server`',
    isIt: ({ control, difference }) => control === 'istiod' && /^(response|added) header server /.test(difference),
  },
  {
    title: 'Hosts on a connection made for another',
    isWhole: true,
    isIt: ({ plan: { index }, control, planned: { call, serverName } }) => {
      if (control !== 'istiod' || serverName === undefined) return false;
      const port = index
        .gatewayPorts()
        .find((one) => one.port === call.request.port && keyOf(one.workload) === call.gateway);
      const hosts = new Set(port?.listeners.flatMap((listener) => listener.hosts));
      return nearestHost(serverName, hosts) !== nearestHost(call.request.host, hosts);
    },
  },
  {
    title: 'Cluster addresses',
    isWhole: true,
    isIt: ({ plan: { index }, control, planned: { call }, verdict, got }) => {
      const { scheme, host, port } = call.request;
      if (scheme !== 'tcp' || verdict.outcome !== 'denied' || got.status !== 200) return false;
      const service = index.serviceByHost.get(host);
      if (control === 'fairlead') return verdict.reason === 'egress' && service === undefined;
      return service?.ports.some(({ number, protocol }) => number === port && isOwnTls(protocol)) === true;
    },
  },
  {
    title: 'A path at a machine among pods',
    isIt: ({ verdict: { shares }, got, difference }) =>
      difference.startsWith('path received ') &&
      shares.some(
        ({ targets }) =>
          targets.some(({ workload, tls }) => workload === got.seen?.workload && tls === 'plain') &&
          targets.some(({ tls }) => tls === 'mutual'),
      ),
  },
];

/** Headers that differ between the two, or from one request to the next: docs/differences.md has the reasons. */
export const ownHeaders = {
  request: new Set([
    'x-request-id',
    'x-forwarded-client-cert',
    'expect',
    'x-envoy-decorator-operation',
    'x-envoy-expected-rq-timeout-ms',
    'x-envoy-original-path',
    'x-envoy-original-host',
    // Gone where ours leaves it, and said where nobody asked: Istio's callers tell by gRPC how long they wait.
    'grpc-timeout',
  ]),
  response: new Set([
    'date',
    'server',
    'x-envoy-upstream-service-time',
    'x-envoy-decorator-operation',
    'x-conformance-echo',
  ]),
} as const;

/** What the test's own surroundings do otherwise than the world: nothing about the proxies. */
export const artefacts: readonly KnownDifference[] = [
  {
    // Here somebody is trusted outside; the conformance test has nobody.
    title: 'hosts outside have certificates',
    isIt: ({ verdict, got, difference }) =>
      isOriginated(verdict) && got.status === 200 && difference === 'status 200, the verdict has 503',
  },
  {
    // In a cluster a connection may come back to the pod it left; here it does not.
    title: 'nobody reaches itself by the address of its service',
    isIt: ({ plan, planned, verdict, got }) =>
      got.seen === undefined &&
      verdict.steps.some(({ text }) => text.startsWith('egress mode any: passed through')) &&
      plan.services.some(
        ({ service, pods }) =>
          verdict.shares.some(({ host }) => service.hosts.includes(host)) &&
          pods.every(({ workload }) => keyOf(workload) === planned.call.from),
      ),
  },
  {
    // Whoever has the name that was dialled answers, also where the caller's proxy knows it by a wildcard only.
    title: 'a wildcard goes where the name leads',
    isIt: ({ plan: { index }, planned, verdict, got, difference }) => {
      const dialled = index.serviceByHost.get(planned.call.request.host.toLowerCase());
      return (
        difference.startsWith('answered by ') &&
        verdict.shares.every(({ host }) => index.serviceByHost.get(host)?.resolution === 'none') &&
        dialled !== undefined &&
        dialled === index.serviceByHost.get(got.seen?.workload ?? '')
      );
    },
  },
  {
    // One application stands for every name that the mesh has not, also for names that no DNS would resolve.
    title: 'every name resolves',
    isIt: ({ plan, verdict, got }) =>
      got.seen?.workload === 'elsewhere' &&
      verdict.shares.every(({ host }) => !plan.index.serviceByHost.has(host)) &&
      (verdict.shares.length > 0 || verdict.steps.some(({ text }) => text.startsWith('no service is called'))),
  },
];

function isOriginated({ shares }: Verdict): boolean {
  return shares.some(({ targets }) => targets.some(({ tls }) => tls === 'simple'));
}
