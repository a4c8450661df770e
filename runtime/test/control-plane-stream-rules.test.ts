// The protocol state machine without sockets: single rules by example.
import t from 'tap';
import type { StreamRequest } from '../control-plane/channel.ts';
import type { EncodedResource } from '../control-plane/resources.ts';
import { AdsStream, type Variant } from '../control-plane/stream.ts';
import { type ResourceType, typeUrls } from '../../compiler/xds.ts';
import { ModelClient } from './support/model-client.ts';
import { bodies, variants, type ViewSpec, viewOf } from './support/resource-views.ts';

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

t.test('state of the world: what was dropped, removed and comes back is sent again', async (t) => {
  const stream = streamWith('sotw', plain);
  const carried = (responses: readonly { readonly nonce: string; readonly resources: readonly EncodedResource[] }[]) =>
    responses.map((r) => `${r.nonce}:${r.resources.map((x) => x.name).join()}`);
  const names = (fields: Partial<StreamRequest>) => carried(stream.onRequest(request('endpoints', fields)).responses);
  t.same(names({ resourceNames: ['a'] }), ['1:a']);
  t.same(names({ resourceNames: ['a'], nonce: '1' }), []);
  t.same(names({ resourceNames: [], nonce: '1' }), [], 'dropped');
  stream.onView(viewOf({ ...plain, clusters: { b: 1 } }));
  t.same(names({ resourceNames: ['a'], nonce: '1' }), ['2:'], 'it does not exist');
  t.same(names({ resourceNames: ['a'], nonce: '2' }), []);
  t.same(carried(stream.onView(viewOf(plain))), ['3:a']);
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
