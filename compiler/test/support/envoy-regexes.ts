// Asks real Envoy which regular expressions it takes: each in a listener of its own, of which Envoy refuses some and adds the others.
import { typeUrls } from '../../xds.ts';
import { serveAds } from './ads.ts';
import { eventually, startEnvoy } from './envoy.ts';

/** Those that Envoy refuses. */
export async function refusedByEnvoy(patterns: readonly string[]): Promise<readonly string[]> {
  const listeners = Object.fromEntries(patterns.map((pattern, i) => [`r${i}`, listenerOf(`r${i}`, pattern)]));
  const ads = await serveAds(() => ({ [typeUrls.listener]: listeners }));
  const envoy = await startEnvoy('regexes', ads.port);
  try {
    const hasAnswered = () => ads.refusals.length > 0 || ads.accepted.get('regexes')?.has(typeUrls.listener);
    await eventually(hasAnswered, 'an answer about the listeners', 120_000);
    const taken = new Set((await envoy.admin('/listeners')).split('\n').map((line) => line.split('::')[0]));
    return patterns.filter((_, i) => !taken.has(`r${i}`));
  } finally {
    await envoy.stop();
    ads.stop();
  }
}

function listenerOf(name: string, regex: string): object {
  const type = 'type.googleapis.com/envoy.extensions.filters';
  const routes = [{ match: { safeRegex: { regex } }, directResponse: { status: 200 } }];
  return {
    name,
    bindToPort: false,
    address: { socketAddress: { address: '127.0.0.1', portValue: 10_000 + Number(name.slice(1)) } },
    filterChains: [
      {
        filters: [
          {
            name: 'http',
            typedConfig: {
              '@type': `${type}.network.http_connection_manager.v3.HttpConnectionManager`,
              statPrefix: 'x',
              routeConfig: { virtualHosts: [{ name: 'x', domains: ['*'], routes }] },
              httpFilters: [{ name: 'router', typedConfig: { '@type': `${type}.http.router.v3.Router` } }],
            },
          },
        ],
      },
    ],
  };
}
