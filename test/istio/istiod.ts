// Real istiod for one mesh, the bootstrap that an Istio agent would give a proxy, and istioctl's opinion.
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { type Mesh, renderIstio } from '../../compiler/index.ts';
import { type Child, startChild, until } from './children.ts';
import type { Kube } from './kube.ts';
import { proxyLabels } from './kubernetes-objects.ts';
import { addresses } from './network.ts';
import type { Parts } from './parts.ts';
import type { Plan, Pod } from './plan.ts';

export const adminPort = 15_000;
const xdsPort = 15_010;

/** What the Mesh says and custom resources cannot goes to MeshConfig. Filters that only Istio's own build of Envoy has are left out. */
export async function startIstiod(parts: Parts, kube: Kube, { settings }: Mesh, folder: string): Promise<Child> {
  const own = join(folder, 'istiod');
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own);
  const { rootNamespace, trustDomain } = settings;
  writeFileSync(
    join(own, 'mesh.yaml'),
    stringify({ rootNamespace, trustDomain, defaultConfig: { discoveryAddress: `${addresses.hub}:${xdsPort}` } }),
  );
  await kube.namespace(rootNamespace);
  const env = {
    ...process.env,
    POD_NAME: 'istiod-0',
    POD_NAMESPACE: 'istio-system',
    REVISION: 'default',
    ENABLE_CA_SERVER: 'true',
    XDS_AUTH_PLAINTEXT: 'true',
    INJECTION_WEBHOOK_CONFIG_NAME: '',
    VALIDATION_WEBHOOK_CONFIG_NAME: '',
    PILOT_ENABLE_GATEWAY_API: 'false',
    PILOT_ENABLE_METADATA_EXCHANGE: 'false',
    PILOT_ENABLE_ALPN_FILTER: 'false',
    PILOT_DEBOUNCE_AFTER: '200ms',
  };
  const flags = [
    '--kubeconfig',
    kube.configFile,
    '--meshConfig',
    'mesh.yaml',
    '--grpcAddr',
    `0.0.0.0:${xdsPort}`,
    '--httpAddr',
    '127.0.0.1:8080',
  ];
  const quiet = [
    '--httpsAddr',
    '127.0.0.1:15017',
    '--secureGRPCAddr',
    '',
    '--monitoringAddr',
    '127.0.0.1:15014',
    '--ctrlz_port',
    '0',
  ];
  const child = startChild([parts.istiod, 'discovery', ...flags, ...quiet], join(own, 'log'), { cwd: own, env });
  const isReady = async () => ((await fetch('http://127.0.0.1:8080/ready')).ok ? true : undefined);
  await until(isReady, 'istiod', { child });
  return child;
}

/** As pkg/bootstrap of Istio writes it, with the limits that it gives Envoy. */
export function istioBootstrap(
  { mesh }: Plan,
  pod: Pod,
  { secrets, token }: { readonly secrets: string; readonly token: string },
): object {
  const { name, workload, address, account } = pod;
  const { namespace } = workload;
  const role = workload.proxy === 'gateway' ? 'router' : 'sidecar';
  const http2 = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  const cluster = (clusterName: string, at: object) => ({
    name: clusterName,
    type: 'STATIC',
    connect_timeout: '1s',
    typed_extension_protocol_options: {
      [http2]: { '@type': `type.googleapis.com/${http2}`, explicit_http_config: { http2_protocol_options: {} } },
    },
    load_assignment: { cluster_name: clusterName, endpoints: [{ lb_endpoints: [{ endpoint: { address: at } }] }] },
  });
  const ads = { ads: {}, initial_fetch_timeout: '0s', resource_api_version: 'V3' };
  const socket = (at: string, port: number) => ({ socket_address: { address: at, port_value: port } });
  const initial_metadata = [{ key: 'authorization', value: `Bearer ${token}` }];
  return {
    node: {
      id: `${role}~${address}~${name}.${namespace}~${namespace}.svc.cluster.local`,
      cluster: `${workload.name}.${namespace}`,
      metadata: {
        CLUSTER_ID: 'Kubernetes',
        INSTANCE_IPS: address,
        INTERCEPTION_MODE: 'REDIRECT',
        ISTIO_VERSION: '1.31.0',
        LABELS: proxyLabels(pod),
        MESH_ID: mesh.settings.trustDomain,
        NAME: name,
        NAMESPACE: namespace,
        SERVICE_ACCOUNT: account,
        WORKLOAD_NAME: workload.name,
        WORKLOAD_IDENTITY_SOCKET_FILE: 'socket',
        PROXY_CONFIG: {
          concurrency: 1,
          discoveryAddress: `${addresses.hub}:${xdsPort}`,
          proxyAdminPort: adminPort,
          statusPort: 15_020,
        },
      },
    },
    layered_runtime: {
      layers: [
        {
          name: 'global config',
          static_layer: {
            're2.max_program_size.error_level': '32768',
            'envoy.reloadable_features.http_reject_path_with_fragment': false,
          },
        },
        { name: 'admin', admin_layer: {} },
      ],
    },
    bootstrap_extensions: [
      {
        name: 'envoy.bootstrap.internal_listener',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.bootstrap.internal_listener.v3.InternalListener',
        },
      },
    ],
    admin: { address: socket('127.0.0.1', adminPort) },
    dynamic_resources: {
      lds_config: ads,
      cds_config: ads,
      ads_config: {
        api_type: 'DELTA_GRPC',
        set_node_on_first_message_only: true,
        transport_api_version: 'V3',
        grpc_services: [{ envoy_grpc: { cluster_name: 'xds-grpc' }, initial_metadata }],
      },
    },
    static_resources: {
      clusters: [cluster('sds-grpc', { pipe: { path: secrets } }), cluster('xds-grpc', socket(addresses.hub, xdsPort))],
    },
  };
}

/** What `validate` refuses and `analyze` warns of, on the live cluster. */
export async function examine(parts: Parts, kube: Kube, plan: Plan, folder: string): Promise<readonly string[]> {
  const file = join(folder, 'istio.yaml');
  writeFileSync(file, renderIstio(plan.objects));
  const run = async (...args: readonly string[]) => {
    const done = promisify(execFile)(parts.istioctl, args, { env: { ...process.env, KUBECONFIG: kube.configFile } });
    const { stdout, stderr } = await done.catch((error: { stdout: string; stderr: string }) => error);
    return `${stdout}${stderr}`.split('\n');
  };
  const refused = (await run('validate', '-f', file)).filter((line) => /^Error|error:/.test(line));
  const found = (await run('analyze', '-A', '--timeout', '60s')).filter((line) => /^(Error|Warning) \[/.test(line));
  return [...refused, ...found];
}
