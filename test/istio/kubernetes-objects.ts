// What Kubernetes holds beside the custom resources: Pods, Services, EndpointSlices and the Secrets of gateways, as the intent implies them.
import { type Condition, keyOf, type Labels, type Protocol } from '../../compiler/index.ts';
import { nameAndProtocol } from '../../compiler/intent/protocol.ts';
import type { KubeObject } from './kube.ts';
import type { Plan, Pod } from './plan.ts';
import type { KeyPair } from './pods.ts';

export interface PlannedObject {
  readonly object: KubeObject;
  readonly status?: object;
}

interface Port {
  readonly name: string;
  readonly port: number;
  readonly targetPort: number;
  readonly appProtocol?: string;
}

export function kubernetesObjects(plan: Plan, certificate: KeyPair): readonly PlannedObject[] {
  const services = plan.services.flatMap(({ service, address, pods }) => {
    const ports = service.ports.map(({ name, number, targetPort, protocol }) => ({
      name,
      port: number,
      targetPort,
      // Only where the name does not say what the model has settled: names are to mean under Istio what they mean here.
      ...(!saysByName(name, number, protocol) && { appProtocol: protocol.toLowerCase() }),
    }));
    return serviceObjects({ ...service, address, ports, pods });
  });
  const taken = new Set(plan.services.map(({ service }) => keyOf(service)));
  const gateways = plan.gateways.flatMap(({ gateway, address, pods }) => {
    const name = taken.has(keyOf(gateway)) ? `${gateway.name}-gateway` : gateway.name;
    const byPort = new Map(gateway.listeners.map(({ port, protocol }) => [port, protocol.toLowerCase()]));
    const ports = [...byPort].map(([port, protocol]) => ({ name: `${protocol}-${port}`, port, targetPort: port }));
    return serviceObjects({ ...gateway, name, address, ports, pods });
  });
  return [...plan.pods.map(podObject), ...services, ...gateways, ...secretsOf(plan, certificate)];
}

function saysByName(name: string, port: number, protocol: Protocol): boolean {
  const said = nameAndProtocol({ name, port });
  return said.doubt === undefined && said.protocol === protocol;
}

/** A proxy takes certificates from its own namespace, whatever the namespace of the gateway that it serves. */
function secretsOf({ index, pods }: Plan, certificate: KeyPair): readonly PlannedObject[] {
  const wanted = pods.flatMap(({ workload }) =>
    (workload.proxy === 'gateway' ? index.gatewaysOf(workload) : [])
      .flatMap(({ listeners }) => listeners.flatMap(({ tlsSecret }) => tlsSecret ?? []))
      .map((name) => ({ name, namespace: workload.namespace })),
  );
  const distinct = new Map(wanted.map((one) => [keyOf(one), one]));
  return [...distinct.values()].map(({ name, namespace }) => ({ object: secretObject(name, namespace, certificate) }));
}

/** Namespaces that exist: also those that only access rules name, or analysis would miss them. */
export function namespacesOf({ mesh, objects, pods }: Plan): ReadonlySet<string> {
  const own = [...mesh.services, ...mesh.gateways, ...pods.map(({ workload }) => workload)].map((one) => one.namespace);
  const named = mesh.authorizationPolicies.flatMap(({ rules }) =>
    rules.flatMap(({ from }) => from.flatMap(({ all }) => all.flatMap(namespacesIn))),
  );
  const emitted = objects.flatMap(({ metadata }) => metadata.namespace ?? []);
  return new Set([...own, ...emitted, ...named.filter((name) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name))]);
}

function namespacesIn(condition: Condition): readonly string[] {
  if (condition.kind !== 'namespace') return [];
  return condition.anyOf.flatMap((match) => (match.type === 'exact' ? [match.value] : []));
}

export function proxyLabels({ labels, workload }: Pod): Labels {
  return { ...labels, 'security.istio.io/tlsMode': 'istio', 'service.istio.io/canonical-name': workload.name };
}

function podObject(pod: Pod): PlannedObject {
  const { name, workload, address, account, applications } = pod;
  const ports = applications.map(({ listen }) => ({ containerPort: listen.port, protocol: 'TCP' }));
  return {
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: workload.namespace, labels: proxyLabels(pod) },
      spec: {
        serviceAccountName: account,
        nodeName: 'node-1',
        containers: [
          { name: 'app', image: 'app:1', ports },
          // For analysis, which looks for it.
          { name: 'istio-proxy', image: 'istio/proxyv2:1' },
        ],
      },
    },
    status: {
      phase: 'Running',
      podIP: address,
      podIPs: [{ ip: address }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
}

interface Served {
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  readonly selector: Labels;
  readonly ports: readonly Port[];
  readonly pods: readonly Pod[];
}

function serviceObjects({ name, namespace, address, selector, ports, pods }: Served): readonly PlannedObject[] {
  const hasSelector = Object.keys(selector).length > 0;
  const endpoints = pods.map((pod) => ({
    addresses: [pod.address],
    conditions: { ready: true },
    targetRef: { kind: 'Pod', name: pod.name, namespace: pod.workload.namespace },
  }));
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    ports: ports.map((port) => ({ name: port.name, port: port.targetPort, protocol: 'TCP' })),
    endpoints,
  };
  const spec = {
    clusterIP: address,
    ports: ports.map((port) => ({ ...port, protocol: 'TCP' })),
    ...(hasSelector && { selector }),
  };
  return [{ object: { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec } }, { object: slice }];
}

function secretObject(name: string, namespace: string, { key, cert }: KeyPair): KubeObject {
  const stringData = { 'tls.crt': cert, 'tls.key': key };
  return { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name, namespace }, stringData };
}
