// A mesh of two proxies for tests of mutual TLS: each serves on strict, permissive and TCP ports, and calls the other and itself.
import { createCertificateAuthority } from '../../ca/authority.ts';
import type { Resources } from './resource-ads-server.ts';
import { any, connectionManager, forward, listener, overAds, router, staticCluster } from './resources.ts';

export const identities = {
  web: 'spiffe://mesh.test/ns/shop/sa/web',
  mallory: 'spiffe://mesh.test/ns/evil/sa/mallory',
};
export const meshListeners = ['strict', 'permissive', 'tcp', 'out', 'out_tcp_web', 'out_tcp_mallory'] as const;
export type MeshListener = (typeof meshListeners)[number];
export type Ports = ReadonlyMap<string, number>;

/** SDS secrets: both identities, one of another authority, and the trust bundle. `rotate` makes new ones under the same roots. */
export async function meshSecrets(): Promise<() => Promise<object[]>> {
  const day = 86_400_000;
  const mesh = await createCertificateAuthority({ trustDomain: 'mesh.test' });
  const foreign = await createCertificateAuthority({ trustDomain: 'mesh.test' });
  const secret = async (name: string, authority: typeof mesh, spiffeId: string) => {
    const issued = await authority.issue({ spiffeId, lifetimeMs: day, usages: ['server', 'client'] });
    return {
      name,
      tlsCertificate: {
        certificateChain: { inlineString: issued.certificateChain },
        privateKey: { inlineString: issued.privateKey.reveal() },
      },
    };
  };
  return async () => [
    await secret('default', mesh, identities.web),
    await secret('mallory', mesh, identities.mallory),
    await secret('foreign', foreign, identities.web),
    { name: 'ROOTCA', validationContext: { trustedCa: { inlineString: mesh.trustBundle() } } },
  ];
}

const sds = (name: string) => ({ name, sdsConfig: overAds });

function tlsContext(identity: string, matcher: object): object {
  return {
    tlsCertificateSdsSecretConfigs: [sds(identity)],
    combinedValidationContext: {
      defaultValidationContext: { matchTypedSubjectAltNames: [{ sanType: 'URI', matcher }] },
      validationContextSdsSecretConfig: sds('ROOTCA'),
    },
  };
}

const serverSocket = {
  name: 'envoy.transport_sockets.tls',
  typedConfig: any('envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
    requireClientCertificate: true,
    commonTlsContext: {
      ...tlsContext('default', { prefix: 'spiffe://mesh.test/' }),
      alpnProtocols: ['h2', 'http/1.1'],
    },
  }),
};

const clientSocket = (identity: string, wanted: string) => ({
  transportSocket: {
    name: 'envoy.transport_sockets.tls',
    typedConfig: any('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
      sni: 'outbound_.80_._.web.shop.svc.cluster.local',
      commonTlsContext: { ...tlsContext(identity, { exact: wanted }), alpnProtocols: ['http/1.1'] },
    }),
  },
});

const rules = {
  action: 'ALLOW',
  policies: {
    'shop/web/access/allow/0': {
      permissions: [{ any: true }],
      principals: [{ authenticated: { principalName: { exact: identities.web } } }],
    },
    'shop/web/access/allow/1': {
      permissions: [{ urlPath: { path: { prefix: '/open' } } }],
      principals: [{ any: true }],
    },
  },
};

function inbound(): object {
  return connectionManager(
    { name: 'inbound', virtualHosts: [{ name: 'in', domains: ['*'], routes: [forward('app', { timeout: '0s' })] }] },
    {
      normalizePath: true,
      forwardClientCertDetails: 'SANITIZE_SET',
      setCurrentClientCertDetails: { uri: true },
      httpFilters: [
        { name: 'envoy.filters.http.rbac', typedConfig: any('envoy.extensions.filters.http.rbac.v3.RBAC', { rules }) },
        router({ suppressEnvoyHeaders: true }),
      ],
      accessLog: [
        {
          name: 'stdout',
          typedConfig: any('envoy.extensions.access_loggers.stream.v3.StdoutAccessLog', {
            logFormat: {
              jsonFormat: {
                code: '%RESPONSE_CODE%',
                details: '%RESPONSE_CODE_DETAILS%',
                peer: '%DOWNSTREAM_PEER_URI_SAN%',
                path: '%PATH(NQ:ORIG_OR_PATH)%',
                cluster: '%UPSTREAM_CLUSTER_RAW%',
                fixed: 'text',
              },
            },
          }),
        },
      ],
    },
  );
}

const tcpProxy = (cluster: string) => ({
  name: 'envoy.filters.network.tcp_proxy',
  typedConfig: any('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', { statPrefix: 'tcp', cluster }),
});

const networkRbac = {
  name: 'envoy.filters.network.rbac',
  typedConfig: any('envoy.extensions.filters.network.rbac.v3.RBAC', {
    statPrefix: 'tcp.',
    rules: {
      action: 'ALLOW',
      policies: {
        only: {
          permissions: [{ any: true }],
          principals: [{ authenticated: { principalName: { exact: identities.web } } }],
        },
      },
    },
  }),
};

export interface MeshPlan {
  /** Of this proxy. */
  readonly ports: Ports;
  /** All proxies by name, this one included: each becomes a set of destinations. */
  readonly peers: Readonly<Record<string, Ports>>;
  /** TCP connections go there. */
  readonly tcpPeer: Ports;
  readonly appPort: number;
  readonly tcpAppPort: number;
  readonly secrets: readonly object[];
}

/** Hosts to ask for at `out`: `strict.PEER`, `mallory.PEER`, `foreign.PEER`, `wrong.PEER`, `plain.PEER`, `permissive.PEER`, `plain-permissive.PEER`. */
export function meshResources({ ports, peers, tcpPeer, appPort, tcpAppPort, secrets }: MeshPlan): Resources {
  const port = (from: Ports, name: MeshListener) => from.get(name) ?? 0;
  const destinations = Object.entries(peers).flatMap(([peer, at]) => [
    staticCluster(`strict.${peer}`, [port(at, 'strict')], clientSocket('default', identities.web)),
    staticCluster(`mallory.${peer}`, [port(at, 'strict')], clientSocket('mallory', identities.web)),
    staticCluster(`foreign.${peer}`, [port(at, 'strict')], clientSocket('foreign', identities.web)),
    staticCluster(`wrong.${peer}`, [port(at, 'strict')], clientSocket('default', identities.mallory)),
    staticCluster(`plain.${peer}`, [port(at, 'strict')]),
    staticCluster(`permissive.${peer}`, [port(at, 'permissive')], clientSocket('default', identities.web)),
    staticCluster(`plain-permissive.${peer}`, [port(at, 'permissive')]),
  ]) as { name: string }[];
  const hosts = destinations.map(({ name }) => ({ name, domains: [name], routes: [forward(name)] }));
  return {
    secret: secrets,
    cluster: [
      ...destinations,
      staticCluster('app', [appPort]),
      staticCluster('tcp-app', [tcpAppPort]),
      staticCluster('tcp-web', [port(tcpPeer, 'tcp')], clientSocket('default', identities.web)),
      staticCluster('tcp-mallory', [port(tcpPeer, 'tcp')], clientSocket('mallory', identities.web)),
    ],
    listener: [
      {
        ...listener('strict', port(ports, 'strict'), []),
        filterChains: [{ name: 'mtls', filters: [inbound()], transportSocket: serverSocket }],
      },
      {
        ...listener('permissive', port(ports, 'permissive'), []),
        listenerFilters: [
          { name: 'tls', typedConfig: any('envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector') },
        ],
        filterChains: [
          {
            name: 'mtls',
            filterChainMatch: { transportProtocol: 'tls' },
            filters: [inbound()],
            transportSocket: serverSocket,
          },
          { name: 'plain', filterChainMatch: { transportProtocol: 'raw_buffer' }, filters: [inbound()] },
        ],
      },
      {
        ...listener('tcp', port(ports, 'tcp'), []),
        filterChains: [{ filters: [networkRbac, tcpProxy('tcp-app')], transportSocket: serverSocket }],
      },
      listener('out', port(ports, 'out'), [connectionManager({ name: 'out', virtualHosts: hosts })]),
      listener('out_tcp_web', port(ports, 'out_tcp_web'), [tcpProxy('tcp-web')]),
      listener('out_tcp_mallory', port(ports, 'out_tcp_mallory'), [tcpProxy('tcp-mallory')]),
    ],
  };
}
