// The direct encoder gives the same bytes as the library, or leaves a message to it; and bad input the same errors.
import fc from 'fast-check';
import t from 'tap';
import { type Placement, planEnvoy, snapshotFor } from '../backends/envoy/index.ts';
import { DirectEncoder } from '../backends/envoy/proto/direct-encoder.ts';
import { encodeByLibrary } from '../backends/envoy/proto/registry.ts';
import { keyOf, type Mesh } from '../model/index.ts';
import { encodeResource, envoyMessage, envoyRegistry, type ResourceType, typeUrls } from '../xds.ts';
import { check } from './support/check.ts';
import { everythingMesh } from './support/everything-mesh.ts';
import { randomMesh } from './support/random-mesh.ts';

const direct = new DirectEncoder(envoyRegistry());
const messageOf = (type: ResourceType) => envoyMessage(typeUrls[type].slice('type.googleapis.com/'.length));
const redirect: Placement = { mode: 'redirect' };

function resourcesOf(mesh: Mesh): readonly (readonly [ResourceType, object])[] {
  const plan = planEnvoy(mesh);
  return mesh.workloads.flatMap((workload) => {
    const snapshot = snapshotFor(plan, { workload: keyOf(workload), placement: redirect });
    if (!snapshot) return [];
    const { clusters, listeners, routes } = snapshot;
    return [
      ...clusters.map((json) => ['cluster', json] as const),
      ...listeners.map((json) => ['listener', json] as const),
      ...routes.map((json) => ['route', json] as const),
    ];
  });
}

function compare(mesh: Mesh): void {
  for (const [type, json] of resourcesOf(mesh)) {
    const bytes = direct.encode(messageOf(type), json);
    if (!bytes) throw new Error(`the direct encoder gave up on ${JSON.stringify(json)}`);
    if (Buffer.compare(bytes, encodeByLibrary(messageOf(type), json)) !== 0) throw new Error(JSON.stringify(json));
  }
}

t.test('all that the back end makes is encoded directly, to the same bytes', async () => {
  compare(everythingMesh());
  check(
    fc.property(randomMesh, (mesh) => compare(mesh)),
    { numRuns: 100 },
  );
});

const any = (name: string, fields: object = {}) => ({ '@type': `type.googleapis.com/${name}`, ...fields });
const cluster = (fields: object) => ['cluster', { name: 'c', ...fields }] as const;
const extension = (typedConfig: object) => cluster({ typedExtensionProtocolOptions: { x: typedConfig } });

t.test('values of every kind, plain and odd', async (t) => {
  const long = 'ä€😀'.repeat(5000);
  const cases: readonly (readonly [ResourceType, object])[] = [
    cluster({ name: '', altStatName: long }),
    cluster({ connectTimeout: '0s' }),
    cluster({ connectTimeout: '1.5s', dnsRefreshRate: '0.000000001s' }),
    cluster({ connectTimeout: '-1s' }),
    cluster({ type: 'STATIC', lbPolicy: 'ROUND_ROBIN', dnsLookupFamily: 'AUTO', edsClusterConfig: {} }),
    cluster({ type: 'EDS', lbPolicy: 'RANDOM', respectDnsTtl: false, useTcpForDnsLookups: true }),
    cluster({ type: 3 }),
    cluster({ perConnectionBufferLimitBytes: 0 }),
    cluster({ perConnectionBufferLimitBytes: 4294967295 }),
    cluster({ perConnectionBufferLimitBytes: '17' }),
    cluster({ perConnectionBufferLimitBytes: null }),
    cluster({ per_connection_buffer_limit_bytes: 5 }),
    cluster({ commonLbConfig: { healthyPanicThreshold: { value: 12.5 } } }),
    cluster({ metadata: { filterMetadata: { b: { x: 'y', n: 1, l: ['z'], o: { p: null } }, a: { only: 'text' } } } }),
    cluster({
      metadata: { typedFilterMetadata: { b: any('envoy.config.core.v3.Metadata'), a: any('google.protobuf.Empty') } },
    }),
    extension(any('envoy.extensions.upstreams.http.v3.HttpProtocolOptions', { explicitHttpConfig: {} })),
    extension(any('google.protobuf.Duration', { value: '2s' })),
    extension({}),
    ['secret', { name: 's', genericSecret: { secret: { inlineBytes: 'AAEC' } } }],
    [
      'secret',
      { name: 's', tlsCertificate: { privateKey: { inlineString: '' }, certificateChain: { filename: 'f' } } },
    ],
    [
      'endpoints',
      { clusterName: 'e', policy: { dropOverloads: [{ dropPercentage: { numerator: 0, denominator: 'MILLION' } }] } },
    ],
    [
      'endpoints',
      { endpoints: [{ lbEndpoints: [{ healthStatus: 'DRAINING', loadBalancingWeight: 3 }], priority: 1 }, {}] },
    ],
    [
      'route',
      { name: 'r', internalOnlyHeaders: ['', 'x'], validateClusters: false, mostSpecificHeaderMutationsWins: true },
    ],
    [
      'route',
      {
        virtualHosts: [
          {
            routes: [
              { route: { retryPolicy: { retriableStatusCodes: [503, 0], hostSelectionRetryMaxAttempts: '5' } } },
            ],
          },
        ],
      },
    ],
    [
      'listener',
      {
        name: 'l',
        socketOptions: [{ level: '1', name: 9, intValue: -3, state: 'STATE_BOUND' }],
        trafficDirection: 'INBOUND',
      },
    ],
    ['listener', { name: 'l', socketOptions: [{ level: 1, name: 9, intValue: 3 }] }],
  ];
  for (const [type, json] of cases) {
    const text = JSON.stringify(json).slice(0, 80);
    t.same(
      Buffer.from(encodeResource(typeUrls[type], json)),
      Buffer.from(encodeByLibrary(messageOf(type), json)),
      text,
    );
  }
});

t.test('the order of fields makes no difference', async (t) => {
  const [one, two] = [
    { name: 'c', type: 'EDS', metadata: { filterMetadata: { a: { p: 'q', r: 's' }, b: {} } } },
    { metadata: { filterMetadata: { b: {}, a: { r: 's', p: 'q' } } }, type: 'EDS', name: 'c' },
  ].map((json) => Buffer.from(encodeResource(typeUrls.cluster, json)));
  t.same(one, two);
});

t.test('what does not fit is refused in the words of the library', async (t) => {
  const cases: readonly (readonly [ResourceType, unknown])[] = [
    cluster({ nonsense: 1 }),
    cluster({ '@type': 'x' }),
    cluster({ name: 5 }),
    cluster({ name: 'c', altStatName: '\ud800' }),
    cluster({ type: 'NONE_SUCH' }),
    cluster({ type: 'EDS', clusterType: { name: 'x' } }),
    cluster({ perConnectionBufferLimitBytes: -1 }),
    cluster({ perConnectionBufferLimitBytes: 4294967296 }),
    cluster({ perConnectionBufferLimitBytes: 1.5 }),
    cluster({ connectTimeout: '5' }),
    cluster({ connectTimeout: 5 }),
    cluster({ respectDnsTtl: 'true' }),
    cluster({ dnsResolvers: {} }),
    cluster({ dnsResolvers: [null] }),
    cluster({ metadata: [] }),
    extension(any('no.such.Message')),
    extension(any('envoy.config.core.v3.Metadata', { x: 1 })),
    extension({ x: 1 }),
    ['listener', null],
    ['listener', []],
    ['listener', 'text'],
  ];
  for (const [type, json] of cases) {
    const message = (encode: () => unknown) => {
      try {
        return encode();
      } catch (error) {
        return (error as Error).message;
      }
    };
    const expected = message(() => encodeByLibrary(messageOf(type), json));
    t.type(expected, 'string', JSON.stringify(json));
    t.equal(
      message(() => encodeResource(typeUrls[type], json)),
      expected,
    );
  }
});
