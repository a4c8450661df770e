// Runs real Envoys for tests: finds the binary, feeds it from a small ADS server of its own, reads its admin page, stops it.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { proxyRuntime } from '../../xds.ts';

export { freePorts } from '../../../test/support/free-ports.ts';

/** `envoy` in PATH, or where `make tools` puts it. */
export function findEnvoy(): string | undefined {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''),
    join(homedir(), '.cache/fairlead/envoy-1.40.0/bin'),
  ];
  return folders.map((folder) => join(folder, 'envoy')).find((path) => existsSync(path));
}

/** For `t.test(name, { skip }, …)`: false, or the reason. */
export const skipWithoutEnvoy: string | false =
  findEnvoy() === undefined ? 'no envoy in PATH or the tool cache (run: make tools)' : false;

export interface RunningEnvoy {
  /** GET on the admin page, such as `/stats?format=json`. */
  admin(path: string): Promise<string>;
  /** Everything it wrote so far: log and access log. */
  output(): string;
  stop(): Promise<void>;
}

const startLimitMs = 20_000;

/** Resolves when the admin page answers, which is before listeners are up. */
export async function startEnvoy(nodeId: string, adsPort: number): Promise<RunningEnvoy> {
  const binary = findEnvoy();
  if (binary === undefined) throw new Error('no envoy');
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-envoy-'));
  const config = join(folder, 'bootstrap.json');
  const adminPath = join(folder, 'admin');
  writeFileSync(config, JSON.stringify(bootstrap(nodeId, adsPort)));
  const arguments_ = [
    '-c',
    config,
    '--admin-address-path',
    adminPath,
    '--disable-hot-restart',
    '--concurrency',
    '1',
    '--file-flush-interval-msec',
    '50',
  ];
  const child = spawn(binary, [...arguments_, '--log-level', 'warning'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(String(chunk)));
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const address = await until(() => (existsSync(adminPath) ? readFileSync(adminPath, 'utf8').trim() : ''), child);
    return {
      admin: async (path) => (await fetch(`http://${address}${path}`)).text(),
      output: () => chunks.join(''),
      stop,
    };
  } catch (error) {
    await stop();
    throw new Error(`envoy did not start: ${chunks.join('')}`, { cause: error });
  }
}

/** Waits, within a limit, until `attempt` gives something truthy. Errors count as not yet. */
export async function eventually<T>(
  attempt: () => Promise<T> | T,
  what: string,
  limitMs = startLimitMs,
): Promise<NonNullable<T>> {
  let last: unknown;
  for (const start = Date.now(); Date.now() - start < limitMs; ) {
    try {
      const value = await attempt();
      if (value) return value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited in vain for ${what}`, { cause: last });
}

async function until(read: () => string, child: ChildProcess): Promise<string> {
  return eventually(() => {
    if (child.exitCode !== null) return 'exited';
    return read();
  }, 'the admin address').then((address) => {
    if (address === 'exited') throw new Error(`exit code ${child.exitCode}`);
    return address;
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

function bootstrap(nodeId: string, adsPort: number) {
  const ads = { ads: {}, resource_api_version: 'V3' };
  const http2 = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  const socket = { address: '127.0.0.1', port_value: adsPort };
  return {
    node: { id: nodeId, cluster: 'test' },
    layered_runtime: { layers: [{ name: 'static', static_layer: proxyRuntime }] },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: 0 } } },
    dynamic_resources: {
      cds_config: ads,
      lds_config: ads,
      ads_config: {
        api_type: 'GRPC',
        transport_api_version: 'V3',
        grpc_services: [{ envoy_grpc: { cluster_name: 'ads' } }],
      },
    },
    static_resources: {
      clusters: [
        {
          name: 'ads',
          type: 'STATIC',
          typed_extension_protocol_options: {
            [http2]: {
              '@type': `type.googleapis.com/${http2}`,
              explicit_http_config: { http2_protocol_options: {} },
            },
          },
          load_assignment: {
            cluster_name: 'ads',
            endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: socket } } }] }],
          },
        },
      ],
    },
  };
}
