// The containers and volumes a sidecar consists of.
import { caFile, renderBootstrap, tokenFile } from './bootstrap.ts';
import { proxyPorts } from '../../compiler/index.ts';
import { containerNames, type InjectConfig, proxyUid, volumeNames } from './config.ts';
import { renderRules } from './iptables.ts';
import type { RewrittenProbe } from './probes.ts';
import type { SidecarSettings } from './settings.ts';

type Json = Readonly<Record<string, unknown>>;

/** Sets up the redirection and ends. The one part that needs a privilege, and it never meets the network. */
export function initContainer(config: InjectConfig, settings: SidecarSettings): Json {
  const rules = renderRules(settings);
  return {
    name: containerNames.init,
    image: config.initImage,
    command: ['sh', '-ec', initScript],
    env: [
      { name: 'RULES_IPV4', value: rules.ipv4 },
      { name: 'RULES_IPV6', value: rules.ipv6 },
    ],
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '1', memory: '64Mi' } },
    securityContext: {
      runAsUser: 0,
      runAsGroup: 0,
      runAsNonRoot: false,
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_RAW'] },
    },
  };
}

/** A node without IPv6 has no ip6tables nat table; then there is nothing to redirect either. */
const initScript = [
  'printf %s "$RULES_IPV4" | iptables-restore --noflush --wait',
  'if [ -e /proc/net/if_inet6 ]; then printf %s "$RULES_IPV6" | ip6tables-restore --noflush --wait; fi',
].join('\n');

export function proxyContainer(
  config: InjectConfig,
  settings: SidecarSettings,
  probes: readonly RewrittenProbe[],
): Json {
  return {
    name: containerNames.proxy,
    image: config.proxyImages[config.proxy],
    args: proxyArguments(config),
    env: [
      field('POD_NAME', 'metadata.name'),
      field('POD_NAMESPACE', 'metadata.namespace'),
      field('POD_IP', 'status.podIP'),
      field('SERVICE_ACCOUNT', 'spec.serviceAccountName'),
      { name: 'BOOTSTRAP', value: renderBootstrap(config, settings, probes) },
    ],
    ports: [{ name: 'http-envoy-prom', containerPort: proxyPorts.stats, protocol: 'TCP' }],
    readinessProbe: { ...readyProbe, periodSeconds: 15, timeoutSeconds: 3, failureThreshold: 4 },
    // Init containers and, with the native sidecar, the application itself wait for this one.
    startupProbe: { ...readyProbe, periodSeconds: 1, timeoutSeconds: 3, failureThreshold: 600 },
    lifecycle: {
      ...(!settings.isNative &&
        settings.holdApplication && { postStart: { exec: { command: ['bash', '-c', waitScript] } } }),
      preStop: { exec: { command: ['bash', '-c', drainScript] } },
    },
    resources: settings.resources,
    securityContext: {
      runAsUser: proxyUid,
      runAsGroup: proxyUid,
      runAsNonRoot: true,
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts: [
      { name: volumeNames.token, mountPath: folderOf(tokenFile), readOnly: true },
      { name: volumeNames.ca, mountPath: folderOf(caFile), readOnly: true },
    ],
    ...(settings.isNative && { restartPolicy: 'Always' }),
  };
}

export function volumes(config: InjectConfig): readonly Json[] {
  const token = { serviceAccountToken: { audience: 'fairlead', expirationSeconds: 43200, path: 'token' } };
  return [
    { name: volumeNames.token, projected: { sources: [token] } },
    { name: volumeNames.ca, configMap: { name: config.caConfigMap } },
  ];
}

/** Both proxies read the same bootstrap, given the same way. */
function proxyArguments({ proxy }: InjectConfig): readonly string[] {
  return argumentsOf[proxy];
}

const bootstrap = ['--config-yaml', '$(BOOTSTRAP)'];
const argumentsOf: Readonly<Record<InjectConfig['proxy'], readonly string[]>> = {
  embedded: ['proxy', ...bootstrap],
  envoy: [...bootstrap, '--disable-hot-restart', '--drain-time-s', '45'],
};

const readyProbe = { httpGet: { path: '/healthz/ready', port: proxyPorts.ready } } as const;

/** The hook holds back the containers after this one until the proxy answers; it fails the pod after a minute. */
const waitScript = [
  'for i in $(seq 120); do',
  `  if exec 3<>/dev/tcp/127.0.0.1/${proxyPorts.ready} && printf 'GET /healthz/ready HTTP/1.0\\r\\n\\r\\n' >&3 && read -r line <&3 && [[ $line == *' 200 '* ]]; then exit 0; fi`,
  '  sleep 0.5',
  'done 2>/dev/null',
  'exit 1',
].join('\n');

/** New connections go elsewhere while those that are open finish. */
const drainScript = [
  `exec 3<>/dev/tcp/127.0.0.1/${proxyPorts.admin} && printf 'POST /drain_listeners?graceful HTTP/1.0\\r\\n\\r\\n' >&3`,
  'sleep 5',
].join('\n');

function field(name: string, fieldPath: string): Json {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
