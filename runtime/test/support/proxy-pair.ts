// The embedded proxy and a real Envoy with the same configuration, side by side.
import type { Test } from 'tap';
import { startProxy } from '../../proxy/index.ts';
import { freePort, startEnvoy } from './envoy.ts';
import { testBootstrap } from './proxy-bootstrap.ts';
import { type Resources, type ResourceAdsServer, startResourceAdsServer } from './resource-ads-server.ts';

export interface ProxyPair {
  readonly ads: ResourceAdsServer;
  /** Ports by listener name. */
  readonly envoy: ReadonlyMap<string, number>;
  readonly embedded: ReadonlyMap<string, number>;
  /** Access log lines of the embedded proxy. */
  readonly lines: readonly object[];
}

/** `make` gets a port for each listener name. Fails the test if either refuses something. */
export async function startPair(
  test: Test,
  listeners: readonly string[],
  make: (port: (listener: string) => number) => Resources,
): Promise<ProxyPair> {
  const ads = await startResourceAdsServer();
  test.teardown(() => ads.close());
  const ports = async () =>
    new Map(await Promise.all(listeners.map(async (name) => [name, await freePort()] as const)));
  const [envoy, embedded] = [await ports(), await ports()];
  ads.set(
    'envoy',
    make((name) => envoy.get(name) ?? 0),
  );
  ads.set(
    'embedded',
    make((name) => embedded.get(name) ?? 0),
  );
  const { lines } = await startEmbedded(test, ads.port, 'embedded');
  await startEnvoyNode(test, ads.port, 'envoy');
  requireNoRefusal(ads);
  return { ads, envoy, embedded, lines };
}

export interface EmbeddedProxy {
  readonly proxy: Awaited<ReturnType<typeof startProxy>>;
  /** Access log lines and messages. */
  readonly lines: Record<string, unknown>[];
}

/** Resolves when the proxy is ready; closes it with the test. */
export async function startEmbedded(
  test: Test,
  adsPort: number,
  node: string,
  apiType: 'GRPC' | 'DELTA_GRPC' = 'DELTA_GRPC',
): Promise<EmbeddedProxy> {
  const lines: Record<string, unknown>[] = [];
  const proxy = await startProxy({
    bootstrap: testBootstrap({ node, adsPort, adminPort: 0, apiType }),
    log: (line) => lines.push(line as Record<string, unknown>),
  });
  test.teardown(() => proxy.close());
  await proxy.ready;
  return { proxy, lines };
}

export async function startEnvoyNode(test: Test, adsPort: number, node: string): Promise<void> {
  const adminPort = await freePort();
  await startEnvoy(test, testBootstrap({ node, adsPort, adminPort }));
  await untilReady(adminPort);
}

export function requireNoRefusal(ads: ResourceAdsServer): void {
  const refusals = ads.verdicts.filter((verdict) => verdict.error !== undefined);
  if (refusals.length > 0) throw new Error(JSON.stringify(refusals, null, 1));
}

async function untilReady(adminPort: number): Promise<void> {
  for (let i = 0; i < 400; i++) {
    const answer = await fetch(`http://127.0.0.1:${adminPort}/ready`).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('Envoy did not become ready');
}
