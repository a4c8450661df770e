// What admission costs over real HTTPS: latency at 1 and 16 connections and at a fixed rate, and processor time per 1,000 requests.
// Every request has an object of another name, so that nothing is judged from memory that would not be in a cluster.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { startWebhook } from '../../webhook/index.ts';
import { type Bench, type BenchRow, percentile } from './bench.ts';

const ratePerSecond = 500;

interface Measured {
  readonly latencies: readonly number[];
  readonly cpuSeconds: number;
  readonly elapsedMs: number;
}

export const admission: Bench = {
  name: 'admission',
  title: 'Admission: the webhook over HTTPS, in a process of its own',
  async *run({ quick }): AsyncIterable<BenchRow> {
    const requests = quick ? 100 : 3000;
    for (const [name, path, body] of [
      ['validate VirtualService', '/validate', review('virtualservices', virtualService)],
      ['validate MeshService', '/validate', review('meshservices', meshService)],
      ['mutate Pod', '/mutate', review('pods', pod)],
    ] as const) {
      const bodies = Array.from({ length: 1000 }, (_, i) =>
        JSON.stringify(body).replaceAll('"reviews"', `"reviews-${i}"`),
      );
      const paced = await measure(path, bodies, requests, (send) => pace(send, requests, ratePerSecond));
      yield {
        what: `${name}, ${ratePerSecond}/s: p99`,
        value: percentile(paced.latencies, 0.99),
        unit: 'ms',
        note: `p50 ${percentile(paced.latencies, 0.5).toFixed(2)} ms`,
      };
      for (const connections of [1, 16]) {
        const { latencies, cpuSeconds, elapsedMs } = await measure(path, bodies, requests, (send) =>
          drive(send, requests, connections),
        );
        const what = `${name}, ${connections} connection${connections === 1 ? '' : 's'}`;
        yield { what: `${what}: p50`, value: percentile(latencies, 0.5), unit: 'ms' };
        yield {
          what: `${what}: p99`,
          value: percentile(latencies, 0.99),
          unit: 'ms',
          note: `${Math.round(requests / (elapsedMs / 1000))} requests/s`,
        };
        yield {
          what: `${what}: CPU per 1,000`,
          value: (cpuSeconds / requests) * 1000,
          unit: 'CPU s',
          note: 'of the webhook process',
        };
      }
    }
  },
};

type Drive = (send: () => Promise<void>) => Promise<number[]>;

async function measure(path: string, bodies: readonly string[], requests: number, load: Drive): Promise<Measured> {
  const child = fork(import.meta.filename, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  try {
    const [{ url, ca }] = (await once(child, 'message')) as [{ url: string; ca: string }];
    const agent = new https.Agent({ keepAlive: true, maxSockets: 16, ca });
    let sent = 0;
    const send = () => post(new URL(path, url), bodies[sent++ % bodies.length] ?? '', agent);
    await drive(send, Math.min(1000, requests), 4);
    const before = await cpuOf(child);
    const start = performance.now();
    const latencies = await load(send);
    const elapsedMs = performance.now() - start;
    const cpuSeconds = (await cpuOf(child)) - before;
    agent.destroy();
    return { latencies, cpuSeconds, elapsedMs };
  } finally {
    child.kill();
  }
}

/** Each connection sends its next request when it has its answer. */
async function drive(send: () => Promise<void>, requests: number, connections: number): Promise<number[]> {
  const latencies: number[] = [];
  let left = requests;
  const caller = async () => {
    while (left-- > 0) latencies.push(await timed(send));
  };
  await Promise.all(Array.from({ length: connections }, caller));
  return latencies;
}

/** One request after another at even distances, whether or not those before have their answers. */
async function pace(send: () => Promise<void>, requests: number, perSecond: number): Promise<number[]> {
  const start = performance.now();
  const answers: Promise<number>[] = [];
  while (answers.length < requests) {
    const due = Math.min(requests, Math.floor(((performance.now() - start) / 1000) * perSecond));
    while (answers.length < due) answers.push(timed(send));
    await sleep(1);
  }
  return Promise.all(answers);
}

async function timed(send: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await send();
  return performance.now() - start;
}

function post(url: URL, body: string, agent: https.Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = https.request(
      url,
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        response.resume();
        response.on('end', () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`status ${response.statusCode}`)),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

async function cpuOf(child: ReturnType<typeof fork>): Promise<number> {
  child.send('cpu');
  const [seconds] = (await once(child, 'message')) as [number];
  return seconds;
}

function review(
  resource: string,
  object: { apiVersion: string; kind: string; metadata: { name: string; namespace: string } },
): object {
  const [version = '', group = ''] = object.apiVersion.split('/').toReversed();
  const kind = { group, version, kind: object.kind };
  const { name, namespace } = object.metadata;
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'bench',
      kind,
      resource: { group, version, resource },
      name,
      namespace,
      operation: 'CREATE',
      userInfo: { username: 'bench', groups: [] },
      object,
      oldObject: null,
      dryRun: false,
    },
  };
}

const virtualService = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'reviews', namespace: 'shop' },
  spec: {
    hosts: ['reviews'],
    http: [
      {
        match: [{ uri: { prefix: '/beta' }, headers: { 'x-beta': { exact: 'true' } } }],
        route: [{ destination: { host: 'reviews', subset: 'v2' } }],
        timeout: '3s',
      },
      {
        route: [
          { destination: { host: 'reviews', subset: 'v1' }, weight: 90 },
          { destination: { host: 'reviews', subset: 'v2' }, weight: 10 },
        ],
        retries: { attempts: 2, perTryTimeout: '1s' },
        timeout: '5s',
      },
    ],
  },
};

const meshService = {
  apiVersion: 'fairlead.dev/v1alpha1',
  kind: 'MeshService',
  metadata: { name: 'reviews', namespace: 'shop', labels: { team: 'reviews' } },
  spec: {
    ports: [{ name: 'http', port: 80, targetPort: 8080 }],
    versions: { v1: { version: 'v1' }, v2: { version: 'v2' } },
    routes: [
      {
        to: [
          { version: 'v1', weight: 90 },
          { version: 'v2', weight: 10 },
        ],
        timeout: '5s',
      },
    ],
    access: { allow: [{ from: [{ namespace: 'shop' }], methods: ['GET'] }] },
  },
};

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'reviews-0', namespace: 'shop', labels: { app: 'reviews', 'sidecar.istio.io/inject': 'true' } },
  spec: {
    serviceAccountName: 'reviews',
    containers: [
      {
        name: 'app',
        image: 'registry.example.com/reviews:1',
        ports: [{ containerPort: 8080 }],
        readinessProbe: { httpGet: { path: '/ready', port: 8080 } },
      },
    ],
  },
};

if (process.argv[1] === import.meta.filename) {
  const webhook = await startWebhook({ limits: { maxInFlight: 1000 } });
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.((user + system) / 1e6);
  });
  process.send?.({ url: webhook.url, ca: webhook.caBundle() });
}
