// What the injector adds: images, ports, resources. One object for the whole mesh; pods vary it by labels and annotations.

export interface InjectConfig {
  readonly proxy: 'envoy' | 'embedded';
  /** By kind of proxy. An image needs the proxy as its entry point, and bash for the hooks. */
  readonly proxyImages: Readonly<Record<'envoy' | 'embedded', string>>;
  /** Needs sh, iptables-restore and ip6tables-restore. */
  readonly initImage: string;
  /** `host:port` of the control plane. */
  readonly controlPlane: string;
  readonly trustDomain: string;
  /** Config map, in each namespace, whose key `ca.crt` certifies the control plane. */
  readonly caConfigMap: string;
  /** As an init container that keeps running: needs Kubernetes 1.29, and makes Jobs end by themselves. */
  readonly nativeSidecar: boolean;
  /** Only matters without native sidecars, which start before the application anyway. */
  readonly holdApplicationUntilProxyStarts: boolean;
  readonly resources: ContainerResources;
  readonly version: string;
}

export interface ContainerResources {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

export const defaultInjectConfig: InjectConfig = {
  proxy: 'envoy',
  proxyImages: { envoy: 'fairlead/proxy-envoy:0.1.0', embedded: 'fairlead/proxy:0.1.0' },
  initImage: 'fairlead/init:0.1.0',
  controlPlane: 'fairlead.fairlead-system.svc:15012',
  trustDomain: 'cluster.local',
  caConfigMap: 'fairlead-ca-root-cert',
  nativeSidecar: true,
  holdApplicationUntilProxyStarts: false,
  resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '2', memory: '512Mi' } },
  version: '0.1.0',
};

/** User and group of the proxy: what it sends is not redirected to itself. Istio's number. */
export const proxyUid = 1337;

export const containerNames = { init: 'fairlead-init', proxy: 'fairlead-proxy' } as const;
export const volumeNames = { token: 'fairlead-token', ca: 'fairlead-ca' } as const;
export const statusAnnotation = 'fairlead.dev/status';
