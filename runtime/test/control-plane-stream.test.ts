// The protocol state machine without sockets: whatever the interleaving of views, requests and responses, clients end with the last view.
import fc from 'fast-check';
import t from 'tap';
import { AdsStream, type ResourceView, type Variant } from '../control-plane/stream.ts';
import { pushOrder, type ResourceType } from '../../compiler/xds.ts';
import { ModelClient } from './support/model-client.ts';
import { badResources, bodies, routedTo, variants, type ViewSpec, viewOf } from './support/resource-views.ts';

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
