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
  readonly lines: object[];
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
  const lines: object[] = [];
  const proxy = await startProxy({
    bootstrap: testBootstrap({ node: 'embedded', adsPort: ads.port, adminPort: 0 }),
    log: (line) => lines.push(line),
  });
  test.teardown(() => proxy.close());
  await proxy.ready;
  const adminPort = await freePort();
  await startEnvoy(test, testBootstrap({ node: 'envoy', adsPort: ads.port, adminPort }));
  await untilReady(adminPort);
  const refusals = ads.verdicts.filter((verdict) => verdict.error !== undefined);
  if (refusals.length > 0) throw new Error(JSON.stringify(refusals, null, 1));
  return { ads, envoy, embedded, lines };
}

async function untilReady(adminPort: number): Promise<void> {
  for (let i = 0; i < 400; i++) {
    const answer = await fetch(`http://127.0.0.1:${adminPort}/ready`).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('Envoy did not become ready');
}
