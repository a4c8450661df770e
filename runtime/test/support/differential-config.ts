// The configuration of the differential test: every feature the proxy claims, in a few listeners.
import { differentialRoutes } from './differential-routes.ts';
import type { EchoServer } from './echo-server.ts';
import type { Resources } from './resource-ads-server.ts';
import { any, assignment, connectionManager, edsCluster, listener, router, staticCluster } from './resources.ts';

export const differentialListeners = ['mesh', 'edge', 'slashes', 'strict', 'access', 'deny', 'forwarded'] as const;
export type DifferentialListener = (typeof differentialListeners)[number];

/** Envoy's own limit of three retries at once would make the answers a matter of luck. */
const none = 0xffff_ffff;
const withoutLimits = {
  circuitBreakers: {
    thresholds: [{ maxConnections: none, maxPendingRequests: none, maxRequests: none, maxRetries: none }],
  },
};

const filters = [
  { name: 'envoy.filters.http.cors', typedConfig: any('envoy.extensions.filters.http.cors.v3.Cors') },
  { name: 'envoy.filters.http.fault', typedConfig: any('envoy.extensions.filters.http.fault.v3.HTTPFault') },
];
const rbac = (action: string, policies: object) => ({
  name: 'envoy.filters.http.rbac',
  typedConfig: any('envoy.extensions.filters.http.rbac.v3.RBAC', { rules: { action, policies } }),
});
const header = (name: string, exact: string) => ({ header: { name, stringMatch: { exact } } });
const path = (matcher: object) => ({ urlPath: { path: matcher } });
const anyone = [{ any: true }];

const denying = rbac('DENY', {
  'shop/deny/1': { permissions: [path({ prefix: '/admin' })], principals: anyone },
  'shop/deny/0': {
    permissions: [{ andRules: { rules: [path({ exact: '/admin/top' }), header(':method', 'GET')] } }],
    principals: anyone,
  },
});
const allowing = rbac('ALLOW', {
  'by header': { permissions: anyone, principals: [header('x-user', 'root')] },
  'by method': {
    permissions: [
      {
        andRules: {
          rules: [
            { orRules: { rules: [header(':method', 'GET'), header(':method', 'HEAD')] } },
            path({ prefix: '/read' }),
          ],
        },
      },
    ],
    principals: anyone,
  },
  'by not': {
    permissions: [
      { andRules: { rules: [path({ suffix: '.txt' }), { notRule: path({ safeRegex: { regex: '/secret/.*' } }) }] } },
    ],
    principals: [{ notId: header('x-user', 'mallory') }],
  },
  'by address': {
    permissions: [path({ exact: '/local' })],
    principals: [{ directRemoteIp: { addressPrefix: '127.0.0.0', prefixLen: 8 } }],
  },
  'by identity': { permissions: [path({ exact: '/identity' })], principals: [{ authenticated: {} }] },
  'by host': { permissions: [{ header: { name: ':authority', stringMatch: { suffix: '.ok' } } }], principals: anyone },
});

export function differentialResources(
  a: EchoServer,
  b: EchoServer,
  deadPort: number,
  port: (listener: string) => number,
): Resources {
  const manager = (fields: object) =>
    connectionManager('main', { httpFilters: [...filters, router()], normalizePath: true, ...fields });
  const quiet = {
    httpFilters: [...filters, router({ suppressEnvoyHeaders: true })],
    serverHeaderTransformation: 'PASS_THROUGH',
  };
  return {
    cluster: [
      edsCluster('a', withoutLimits),
      edsCluster('b', withoutLimits),
      staticCluster('dead', [deadPort], withoutLimits),
      staticCluster('empty', []),
    ],
    endpoints: [assignment('a', [a.port]), assignment('b', [b.port])],
    route: [differentialRoutes()],
    listener: [
      listener('mesh', port('mesh'), [
        manager({ ...quiet, forwardClientCertDetails: 'SANITIZE_SET', setCurrentClientCertDetails: { uri: true } }),
      ]),
      listener('edge', port('edge'), [
        manager({
          useRemoteAddress: true,
          mergeSlashes: true,
          stripMatchingHostPort: true,
          via: 'test',
          alwaysSetRequestIdInResponse: true,
        }),
      ]),
      listener('slashes', port('slashes'), [
        manager({
          pathWithEscapedSlashesAction: 'UNESCAPE_AND_FORWARD',
          mergeSlashes: true,
          stripAnyHostPort: true,
          serverHeaderTransformation: 'APPEND_IF_ABSENT',
          serverName: 'ours',
        }),
      ]),
      listener('strict', port('strict'), [
        manager({
          normalizePath: false,
          pathWithEscapedSlashesAction: 'REJECT_REQUEST',
          generateRequestId: false,
          forwardClientCertDetails: 'ALWAYS_FORWARD_ONLY',
          httpProtocolOptions: { acceptHttp10: true, defaultHostForHttp10: 'ten.example' },
        }),
      ]),
      listener('access', port('access'), [manager({ httpFilters: [denying, allowing, router()] })]),
      listener('deny', port('deny'), [
        manager({ httpFilters: [rbac('DENY', { everything: { permissions: anyone, principals: anyone } }), router()] }),
      ]),
      listener('forwarded', port('forwarded'), [
        manager({
          useRemoteAddress: false,
          xffNumTrustedHops: 1,
          pathWithEscapedSlashesAction: 'UNESCAPE_AND_REDIRECT',
          skipXffAppend: true,
          commonHttpProtocolOptions: { maxHeadersCount: 20 },
          maxRequestHeadersKb: 8,
        }),
      ]),
    ],
  };
}
