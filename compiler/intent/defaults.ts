// Every default of the language, in one place. docs/defaults.md lists the same.

export const meshDefaults = {
  name: 'mesh',
  trustDomain: 'cluster.local',
  rootNamespace: 'istio-system',
  mtls: 'strict',
  /** What a service without access rules gets. */
  accessDefault: 'allow',
  /** `declared`: a service can call what it `uses` and nothing else. */
  egressDefault: 'declared',
  timeout: '15s',
  retries: { attempts: 2, on: ['connect-failure', 'refused-stream', 'unavailable'] },
  injectedProxy: 'envoy',
} as const;

export const serviceDefaults = {
  namespace: 'default',
  balance: 'leastRequest',
  /** Istio's default as well. */
  connectTimeout: '10s',
  redirectStatus: 301,
  /** Of faults and mirrors: all requests. */
  percent: '100%',
  exposedPath: '/*',
  externalResolve: 'dns',
} as const;

/** Labels that a service selects unless it says otherwise. */
export function defaultSelector(name: string): Readonly<Record<string, string>> {
  return { app: name };
}

/** Labels of the proxies of a gateway unless it says otherwise. */
export function defaultGatewaySelector(name: string): Readonly<Record<string, string>> {
  return { gateway: name };
}
