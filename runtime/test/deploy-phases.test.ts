// Make, switch, break: each step holds all that its routes and listeners refer to, and steps that change nothing do not exist.
import t from 'tap';
import type { ProxySnapshot } from '../../compiler/backends/envoy/proxy-snapshot.ts';
import { isSameToProxy, phasesOf, planPhases, snapshotInPhase } from '../deploy/snapshot-phases.ts';

/** A snapshot in short: a listener is `name@port>route`, a route `name>cluster,…#weights`, the rest names. */
function snapshot(listeners: string, routes: string, clusters: string): ProxySnapshot {
  const words = (text: string) => text.split(' ').filter(Boolean);
  const names = words(clusters);
  return {
    workload: 'shop/shoes',
    identity: 'spiffe://cluster.local/ns/shop/sa/shoes',
    listeners: words(listeners).map((text) => {
      const [, name = '', port, route = ''] = /^(\w+)@(\d+)>(\w+)$/.exec(text) ?? [];
      const socket_address = { address: '127.0.0.1', portValue: Number(port) };
      return { name, address: { socketAddress: socket_address }, statPrefix: route };
    }),
    routes: words(routes).map((text) => ({ name: text.split('>')[0] ?? '', virtualHosts: [{ name: text }] })),
    clusters: names.map((name) => ({ name: name.split('!')[0] ?? '', altStatName: name })),
    endpoints: names.map((name) => {
      return { cluster: name.split('!')[0] ?? '', namespace: 'shop', labels: {}, portName: 'http', targetPort: 8080 };
    }),
    secrets: [{ kind: 'identity', name: 'default' }],
    origins: new Map(
      names.map((name) => [name, { file: name, start: { line: 1, column: 1 }, end: { line: 1, column: 1 } }]),
    ),
  };
}

/** The inverse of `snapshot`, names sorted. */
function brief({ listeners, routes, clusters }: ProxySnapshot): string {
  const sorted = (names: readonly (string | undefined)[]) => names.toSorted().join(' ');
  return [
    sorted(listeners.map((l) => `${l.name}@${l.address?.socketAddress?.portValue}>${l.statPrefix}`)),
    sorted(routes.map((r) => r.virtualHosts?.[0]?.name)),
    sorted(clusters.map((c) => c.altStatName)),
  ].join(' | ');
}

const base = snapshot('out@1>http', 'http>v1', 'v1');

t.test('the steps of one proxy', (t) => {
  const cases: readonly (readonly [string, ProxySnapshot | undefined, ProxySnapshot, readonly string[]])[] = [
    ['nothing changed', base, snapshot('out@1>http', 'http>v1', 'v1'), []],
    ['a first snapshot', undefined, base, ['out@1>http | http>v1 | v1']],
    ['new weights', base, snapshot('out@1>http', 'http>v1#9', 'v1'), ['out@1>http | http>v1#9 | v1']],
    [
      'a version added',
      base,
      snapshot('out@1>http', 'http>v1,v2', 'v1 v2'),
      ['out@1>http | http>v1 | v1 v2', 'out@1>http | http>v1,v2 | v1 v2'],
    ],
    [
      'a version removed',
      snapshot('out@1>http', 'http>v1,v2', 'v1 v2'),
      base,
      ['out@1>http | http>v1 | v1 v2', 'out@1>http | http>v1 | v1'],
    ],
    [
      'a version replaced',
      base,
      snapshot('out@1>http', 'http>v2', 'v2'),
      ['out@1>http | http>v1 | v1 v2', 'out@1>http | http>v2 | v1 v2', 'out@1>http | http>v2 | v2'],
    ],
    [
      'a listener and its routes added',
      base,
      snapshot('out@1>http in@2>in', 'http>v1 in>app', 'v1 app'),
      ['in@2>in out@1>http | http>v1 in>app | app v1'],
    ],
    [
      'a listener removed before its cluster',
      snapshot('out@1>http in@2>in', 'http>v1 in>app', 'v1 app'),
      base,
      ['out@1>http | http>v1 | app v1', 'out@1>http | http>v1 | v1'],
    ],
    [
      'a listener renamed keeps its address to itself',
      base,
      snapshot('renamed@1>http', 'http>v1', 'v1'),
      ['renamed@1>http | http>v1 | v1'],
    ],
    [
      'a cluster changed in place',
      base,
      snapshot('out@1>http', 'http>v1', 'v1!tls'),
      ['out@1>http | http>v1 | v1!tls'],
    ],
  ];
  for (const [name, old, next, expected] of cases) {
    const steps = phasesOf(old, next);
    t.same(steps.map(brief), expected, name);
    if (steps.length > 0) t.ok(isSameToProxy(steps.at(-1) ?? base, next), `${name}: ends with exactly the next`);
  }
  t.end();
});

t.test('every step knows the origins of both sides', (t) => {
  const next = snapshot('out@1>http', 'http>v2', 'v2');
  t.same([...snapshotInPhase('make', base, next).origins.keys()], ['v1', 'v2']);
  t.same([...snapshotInPhase('break', base, next).origins.keys()], ['v2']);
  t.end();
});

t.test('order of resources and places in Git are no change', (t) => {
  const two = snapshot('out@1>http', 'http>v1', 'v1 v2');
  const swapped = { ...snapshot('out@1>http', 'http>v1', 'v2 v1'), origins: new Map() };
  t.same(phasesOf(two, swapped), []);
  t.end();
});

t.test('all proxies take a step together', (t) => {
  const replaced = snapshot('out@1>http', 'http>v2', 'v2');
  const weights = snapshot('out@1>http', 'http>v1#9', 'v1');
  const transitions = [
    { key: 'same', old: base, next: base },
    { key: 'replaced', old: base, next: replaced },
    { key: 'weights', old: base, next: weights },
    { key: 'new', old: undefined, next: base },
  ];
  t.same(planPhases(transitions), [
    { name: 'make', affected: ['replaced', 'new'] },
    { name: 'switch', affected: ['replaced', 'weights'] },
    { name: 'break', affected: ['replaced'] },
  ]);
  t.same(planPhases([{ key: 'same', old: base, next: base }]), []);
  t.end();
});
