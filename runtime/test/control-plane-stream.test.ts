// The protocol state machine without sockets: single rules by example, and convergence for any interleaving.
import fc from 'fast-check';
import t from 'tap';
import type { StreamRequest } from '../control-plane/channel.ts';
import { type EncodedResource, makeTypeSet, ResourceEncoder } from '../control-plane/resources.ts';
import { AdsStream, type ResourceView, type Variant } from '../control-plane/stream.ts';
import { pushOrder, type ResourceType, typeUrls } from '../../compiler/xds.ts';
import { ModelClient } from './support/model-client.ts';
import { edsCluster, rdsListener, routeTo } from './support/snapshots.ts';

const encoder = new ResourceEncoder();
const bodies = { get: (_key: string, encode: () => Uint8Array) => encode() };
const variants = ['sotw', 'delta'] as const;

interface ViewSpec {
  /** By cluster name: a revision; 0 is one that clients refuse. */
  readonly clusters: Readonly<Record<string, number>>;
  /** By listener name. */
  readonly listeners: Readonly<Record<string, number>>;
  readonly routed: string;
}

const badResources = new WeakSet<EncodedResource>();
const routedTo = new WeakMap<EncodedResource, string>();

function viewOf({ clusters, listeners, routed }: ViewSpec): ResourceView {
  const encode = (type: ResourceType, name: string, revision: number, json: object): EncodedResource => {
    const resource = encoder.encode(type, name, json);
    if (revision === 0) badResources.add(resource);
    return resource;
  };
  const cluster = Object.entries(clusters).map(([name, revision]) =>
    encode('cluster', name, revision, edsCluster(name, { altStatName: `r${revision}` })),
  );
  const listener = Object.entries(listeners).map(([name, revision], i) =>
    encode('listener', name, revision, { ...rdsListener(name, 15_001 + i, 'http'), statPrefix: `r${revision}` }),
  );
  const route = encode('route', 'http', 1, routeTo('http', routed));
  routedTo.set(route, routed);
  const endpoints = Object.keys(clusters).map((name) => encode('endpoints', name, 1, { clusterName: name }));
  return {
    cluster: makeTypeSet('cluster', cluster),
    endpoints: makeTypeSet('endpoints', endpoints),
    secret: makeTypeSet('secret', []),
    listener: makeTypeSet('listener', listener),
    route: makeTypeSet('route', [route]),
  };
}

const request = (type: ResourceType, fields: Partial<StreamRequest> = {}): StreamRequest => ({
  typeUrl: typeUrls[type],
  nonce: '',
  versionInfo: '',
  resourceNames: [],
  subscribe: [],
  unsubscribe: [],
  initialVersions: {},
  ...fields,
});

function streamWith(variant: Variant, spec: ViewSpec): AdsStream {
  const stream = new AdsStream({ variant, bodies });
  stream.onView(viewOf(spec));
  return stream;
}

const plain: ViewSpec = { clusters: { a: 1, b: 1 }, listeners: { l: 1 }, routed: 'a' };

t.test('state of the world, rule by rule', async (t) => {
  const stream = streamWith('sotw', plain);
  const names = (fields: Partial<StreamRequest>, type: ResourceType = 'endpoints') =>
    stream.onRequest(request(type, fields)).responses.map((r) => `${r.nonce}:${r.resources.map((x) => x.name).join()}`);
  t.same(names({}, 'cluster'), ['1:a,b'], 'an empty first list means everything');
  t.same(names({ resourceNames: ['a'] }), ['2:a'], 'an answer is given at once, whatever is under way');
  t.same(names({ resourceNames: ['a', 'b'] }), ['3:b'], 'a longer list before the first answer arrived');
  t.same(names({ resourceNames: ['a', 'b'], nonce: '2' }), [], 'an answer to what is superseded says nothing');
  t.same(names({ resourceNames: ['a', 'b'], nonce: '3' }), [], 'the ACK');
  t.same(names({ resourceNames: ['b'], nonce: '3' }), [], 'a shorter list needs no response');
  t.same(names({ resourceNames: ['a', 'b'], nonce: '3' }), ['4:a'], 'a name that comes back does');
  t.same(names({ nonce: '4' }), [], 'an empty list after names means nothing at all');
  t.same(names({ resourceNames: ['x'] }, 'route'), [], 'routes wait until the clusters are acknowledged');
  t.same(names({ nonce: '1' }, 'cluster'), ['5:'], 'what does not exist is left out');
  t.same(stream.onRequest({ ...request('cluster'), typeUrl: 'type.googleapis.com/unknown' }).responses, []);
});

t.test('state of the world: a name that was dropped and taken again while a response was under way', async (t) => {
  const stream = streamWith('sotw', plain);
  const names = (fields: Partial<StreamRequest>, type: ResourceType = 'endpoints') =>
    stream.onRequest(request(type, fields)).responses.map((r) => `${r.nonce}:${r.resources.map((x) => x.name).join()}`);
  t.same(names({}, 'cluster'), ['1:a,b']);
  t.same(names({ resourceNames: ['a'] }), ['2:a']);
  t.same(names({ resourceNames: ['a', 'b'] }), ['3:b']);
  t.same(names({ resourceNames: ['b'], nonce: '2' }), [], 'a stale nonce is not answered');
  t.same(names({ resourceNames: ['a', 'b'], nonce: '2' }), [], 'nor when the name is back');
  t.same(names({ resourceNames: ['a', 'b'], nonce: '3' }), ['4:a'], 'the client has dropped it, so it is sent again');
  t.same(names({ resourceNames: ['a', 'b'], nonce: '4' }), []);
});

t.test('a cluster that goes and comes back while refusals are under way has its endpoints', async (t) => {
  runInterleaving(
    { variant: 'sotw', isPartial: true, namesBad: false },
    [
      { clusters: { c: 1, a: 0, d: 3 }, listeners: { l: 0 }, routed: 'c' },
      { clusters: { d: 3 }, listeners: { l: 0 }, routed: 'd' },
      { clusters: { d: 2, c: 3 }, listeners: { l: 3 }, routed: 'd' },
    ],
    ['up', 'up', 'down', 'up', 'up'],
  );
  t.pass('else it throws');
});

t.test('incremental, rule by rule', async (t) => {
  const stream = streamWith('delta', plain);
  const told = (type: ResourceType, fields: Partial<StreamRequest> = {}) =>
    stream
      .onRequest(request(type, fields))
      .responses.map((r) => `${r.nonce}:${r.resources.map((x) => x.name).join()}-${r.removed.join()}`);
  t.same(told('cluster'), ['1:a,b-'], 'an empty first subscription means everything');
  t.same(told('endpoints', { subscribe: ['a', 'x'] }), ['2:a-x'], 'what does not exist is said to be removed');
  t.same(told('endpoints', { subscribe: ['a'], nonce: '2' }), ['3:a-'], 'asked again by name, it is sent again');
  t.same(
    told('endpoints', { subscribe: ['b'], nonce: 'stale' }),
    ['4:b-'],
    'a subscription counts, whatever its nonce',
  );
  t.same(told('endpoints', { unsubscribe: ['a'], nonce: '3' }), []);
  t.same(
    told('route', {
      subscribe: ['http'],
      initialVersions: { http: viewOf(plain).route.byName.get('http')?.version ?? '' },
    }),
    [],
  );
  t.same(told('listener', { initialVersions: { gone: 'v1' } }), [], 'held until the clusters are acknowledged');
  t.same(told('endpoints', { nonce: '4' }), []);
  t.same(told('cluster', { nonce: '1' }), ['5:l-'], 'then sent; what is gone goes later');
  t.same(told('listener', { nonce: '5' }), ['6:-gone']);
  t.same(told('listener', { nonce: '6', unsubscribe: ['*'] }), []);
  stream.onView(viewOf({ ...plain, listeners: { l: 2 } }));
  t.same(told('listener', { subscribe: ['*'] }), ['7:l-'], 'the wildcard can be left and taken again');
});

for (const variant of variants) {
  t.test(`${variant}: types are pushed in order, each after the ACK of those before`, async (t) => {
    const stream = streamWith(variant, plain);
    const client = new ModelClient({ variant, isBad: () => false, isPartial: false, namesBad: true });
    const carry = (): void => {
      for (let sent = client.outbox.shift(); sent; sent = client.outbox.shift()) {
        for (const response of stream.onRequest(sent).responses) client.receive(response);
      }
    };
    carry();
    t.ok(stream.isSettled);
    const first = stream.onView(viewOf({ clusters: { a: 2, c: 1 }, listeners: { l: 2 }, routed: 'c' }));
    t.same(
      first.map((r) => r.type),
      ['cluster', 'endpoints'],
      'the endpoints of a replaced cluster come along, for it must warm',
    );
    t.notOk(stream.isSettled);
    const order = [...first];
    for (const response of first) client.receive(response);
    for (let sent = client.outbox.shift(); sent; sent = client.outbox.shift()) {
      for (const response of stream.onRequest(sent).responses) {
        order.push(response);
        client.receive(response);
      }
    }
    t.same(
      order.map((r) => r.type).filter((type, i, all) => type !== all[i - 1]),
      ['cluster', 'endpoints', 'listener', 'route', 'cluster', ...(variant === 'delta' ? ['endpoints' as const] : [])],
    );
    t.ok(stream.isSettled);
    t.same([...client.held.cluster.keys()].sort(), ['a', 'c']);
  });
}

const revision = fc.constantFrom(0, 1, 2, 3);
const specs: fc.Arbitrary<ViewSpec> = fc
  .record({
    clusters: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), revision, { minKeys: 1 }),
    listeners: fc.dictionary(fc.constantFrom('l', 'm'), revision, { minKeys: 1 }),
    pick: fc.nat(),
  })
  .map(({ clusters, listeners, pick }) => {
    const names = Object.keys(clusters);
    return { clusters, listeners, routed: names[pick % names.length] ?? '' };
  });

for (const variant of variants) {
  for (const isPartial of [true, false]) {
    for (const namesBad of [true, false]) {
      t.test(
        `${variant}, ${isPartial ? 'partial' : 'strict'} client, refusals ${namesBad ? 'name' : 'hide'} the cause: any interleaving ends well`,
        async (t) => {
          fc.assert(
            fc.property(
              fc.array(specs, { minLength: 1, maxLength: 6 }),
              fc.array(fc.constantFrom('view', 'up', 'down'), { maxLength: 80 }),
              (views, steps) => {
                runInterleaving({ variant, isPartial, namesBad }, views, steps);
              },
            ),
            { numRuns: 300 },
          );
          t.pass('it does');
        },
      );
    }
  }
}

function runInterleaving(
  options: { readonly variant: Variant; readonly isPartial: boolean; readonly namesBad: boolean },
  specs: readonly ViewSpec[],
  steps: readonly ('view' | 'up' | 'down')[],
): void {
  const client = new ModelClient({ ...options, isBad: (resource) => badResources.has(resource) });
  let published: ResourceView | undefined;
  const refersTo = (type: ResourceType, name: string, others: ReadonlySet<string>): boolean => {
    const route = type === 'route' ? published?.route.byName.get(name) : undefined;
    return route !== undefined && others.has(routedTo.get(route) ?? '');
  };
  const stream = new AdsStream({ variant: options.variant, bodies, refersTo });
  const toClient: Parameters<ModelClient['receive']>[0][] = [];
  const views = specs.map(viewOf);
  let carried = 0;
  const up = (): void => {
    const sent = client.outbox.shift();
    if (!sent) return;
    const { answer, responses } = stream.onRequest(sent);
    toClient.push(...responses);
    if (answer?.kind !== 'nack') return;
    const names = [...answer.refused.keys()];
    const named = names.filter((name) => new RegExp(`\\b${name}\\b`).test(answer.message));
    const blamed = names.length === 1 ? names : named;
    if (blamed.length > 0) toClient.push(...stream.quarantine(answer, blamed));
  };
  const down = (): void => {
    const response = toClient.shift();
    if (!response) return;
    client.receive(response);
    if (++carried > 2_000) throw new Error('the exchange does not end');
    checkReferences(client);
  };
  const publish = (): void => {
    const view = views.shift();
    if (!view) return;
    published = view;
    toClient.push(...stream.onView(view));
  };
  for (const step of ['view' as const, ...steps]) ({ view: publish, up, down })[step]();
  while (views.length > 0) publish();
  while (client.outbox.length > 0 || toClient.length > 0) {
    up();
    down();
  }
  if (published) checkOutcome(client, stream, published, options.namesBad);
}

/** Make before break: whatever the client has taken, a route never points at a cluster that it does not have. */
function checkReferences(client: ModelClient): void {
  for (const route of client.held.route.values()) {
    const cluster = routedTo.get(route) ?? '';
    if (client.held.listener.size > 0 && !client.held.cluster.has(cluster) && client.refusals === 0) {
      throw new Error(`the route points at ${cluster}, which is not there`);
    }
  }
}

function checkOutcome(client: ModelClient, stream: AdsStream, view: ResourceView, namesBad: boolean): void {
  const hasBad = pushOrder.some((type) =>
    [...view[type].byName.values()].some((resource) => badResources.has(resource)),
  );
  if (hasBad) {
    if (stream.isSettled && !stream.isImpaired) throw new Error('a refused view passes for accepted');
    if (namesBad) checkRestArrived(client, view);
    return;
  }
  if (!stream.isSettled || stream.isImpaired) throw new Error('a good view is not settled');
  for (const type of pushOrder) {
    const have = [...client.held[type].values()].map(({ name, version }) => `${name}@${version}`).sort();
    const want = [...view[type].byName.values()].map(({ name, version }) => `${name}@${version}`).sort();
    if (have.join() !== want.join()) throw new Error(`${type}: the client has ${have.join()}, not ${want.join()}`);
  }
}

/** Only what is bad, and what refers to it, is kept back. */
function checkRestArrived(client: ModelClient, view: ResourceView): void {
  for (const type of ['cluster', 'listener'] as const) {
    for (const resource of view[type].byName.values()) {
      if (badResources.has(resource)) continue;
      if (client.held[type].get(resource.name)?.version !== resource.version) {
        throw new Error(`the good ${type} ${resource.name} did not arrive`);
      }
    }
  }
}
