// The ways in which the model will grow, tried out: what is added where, and which rooms the type checker must then name.

export interface Edit {
  readonly file: string;
  /** Occurs once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** One new member of a union, or one new list of the mesh. */
export interface Growth {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Folders or files, each of which must have an error. */
  readonly rooms: readonly string[];
}

const model = 'compiler/model';
const lower = 'compiler/intent/lower/';
const istio = 'compiler/backends/istio/';
const envoy = 'compiler/backends/envoy/';
const analysis = 'compiler/analysis/';
const randomMesh = 'compiler/test/support/random-mesh.ts';
const samples = 'test/conformance/';

const newCondition: Edit = {
  file: `${model}/condition.ts`,
  find: '  | NamespaceCondition;',
  replace: "  | NamespaceCondition\n  | Test<'grown', StringMatch>;",
};

const tlsReaders = [`${model}/destination-policy.ts`, istio, envoy, analysis];

/** Who looks into a match: each has to say what it makes of what is new. */
const matchReaders = [
  `${model}/match-string.ts`,
  `${lower}patterns.ts`,
  `${istio}string-match.ts`,
  `${istio}access-values.ts`,
  `${envoy}header-match.ts`,
  `${envoy}json-values.ts`,
  `${envoy}route-path.ts`,
  `${analysis}fields/match-language.ts`,
  'compiler/checks/match-covers.ts',
  randomMesh,
  `${samples}samples.ts`,
];

const conditionReaders = [
  `${model}/condition.ts`,
  `${lower}fields/`,
  `${istio}access-words.ts`,
  `${analysis}fields/index.ts`,
  'compiler/checks/match-covers.ts',
  randomMesh,
  `${samples}clause-samples.ts`,
];

export const growths: readonly Growth[] = [
  {
    name: 'a field of requests or callers',
    edits: [newCondition],
    rooms: [`${model}/condition.ts`, lower, istio, envoy, randomMesh, samples],
  },
  {
    name: 'a field of requests, once its scope is said',
    edits: [
      newCondition,
      { file: `${model}/condition.ts`, find: "  path: 'request',", replace: "  path: 'request',\n  grown: 'request'," },
    ],
    rooms: [lower, istio, envoy, `${analysis}fields/`, randomMesh, samples],
  },
  {
    name: 'a field of callers, once its scope is said',
    edits: [
      newCondition,
      { file: `${model}/condition.ts`, find: "  path: 'request',", replace: "  path: 'request',\n  grown: 'peer'," },
    ],
    rooms: [lower, istio, envoy, `${analysis}fields/`, 'compiler/checks/denied-callers.ts', randomMesh, samples],
  },
  {
    name: 'a feature of routes',
    edits: [
      {
        file: `${model}/route-feature.ts`,
        find: '| RetryPolicy | Mirror;',
        replace: "| RetryPolicy | Mirror | ModelNode<'Grown'>;",
      },
    ],
    rooms: [
      `${model}/route.ts`,
      lower,
      istio,
      envoy,
      `${analysis}concrete/`,
      `${analysis}words/`,
      'compiler/review/',
      randomMesh,
      samples,
    ],
  },
  {
    name: 'a feature of destinations',
    edits: [
      {
        file: `${model}/destination-policy.ts`,
        find: '= LoadBalancing | ConnectionPool | UpstreamTls;',
        replace: "= LoadBalancing | ConnectionPool | UpstreamTls | ModelNode<'Grown'>;",
      },
    ],
    rooms: [lower, istio, envoy, analysis, randomMesh],
  },
  {
    name: 'an action of routes',
    edits: [
      {
        file: `${model}/route.ts`,
        find: '= ForwardAction | RedirectAction;',
        replace: "= ForwardAction | RedirectAction | ModelNode<'Grown'>;",
      },
    ],
    rooms: [
      `${model}/route.ts`,
      lower,
      istio,
      envoy,
      `${analysis}concrete/`,
      `${analysis}symbolic/`,
      `${analysis}place/`,
      randomMesh,
      samples,
    ],
  },
  {
    name: 'an action of access rules',
    edits: [
      {
        file: `${model}/security.ts`,
        find: "AccessAction = 'ALLOW' | 'DENY';",
        replace: "AccessAction = 'ALLOW' | 'DENY' | 'GROWN';",
      },
    ],
    rooms: [lower, istio, envoy, analysis, 'compiler/checks/', randomMesh],
  },
  {
    name: 'a mode of TLS towards a host',
    edits: [
      {
        file: `${model}/destination-policy.ts`,
        find: "  | { readonly mode: 'DISABLE' }",
        replace: "  | { readonly mode: 'DISABLE' }\n  | { readonly mode: 'GROWN' }",
      },
    ],
    rooms: [istio, envoy, analysis, randomMesh],
  },
  {
    name: 'a mode of mutual TLS',
    edits: [
      {
        file: `${model}/security.ts`,
        find: "'STRICT' | 'PERMISSIVE' | 'DISABLE';",
        replace: "'STRICT' | 'PERMISSIVE' | 'DISABLE' | 'GROWN';",
      },
    ],
    rooms: [envoy, analysis, randomMesh],
  },
  {
    name: 'a match on strings',
    edits: [
      {
        file: `${model}/match.ts`,
        find: "  | { readonly type: 'present' };",
        replace: "  | { readonly type: 'grown'; readonly value: string }\n  | { readonly type: 'present' };",
      },
    ],
    rooms: [
      `${model}/match-string.ts`,
      lower,
      istio,
      envoy,
      `${analysis}fields/`,
      `${analysis}concrete/`,
      'compiler/checks/',
      samples,
    ],
  },
  {
    name: 'a property of matches on strings',
    edits: [
      {
        file: `${model}/match.ts`,
        find: "{ readonly type: 'exact'; readonly value: string }",
        replace: "{ readonly type: 'exact'; readonly value: string; readonly grown?: boolean }",
      },
    ],
    rooms: matchReaders,
  },
  {
    name: 'a property of matches on paths alone',
    edits: [
      {
        file: `${model}/match.ts`,
        find: "{ readonly type: 'segments'; readonly value: string }",
        replace: "{ readonly type: 'segments'; readonly value: string; readonly grown?: boolean }",
      },
    ],
    rooms: [
      `${model}/match-string.ts`,
      `${lower}paths.ts`,
      `${istio}access-values.ts`,
      `${envoy}route-path.ts`,
      `${analysis}fields/match-language.ts`,
      `${analysis}concrete/rewrite.ts`,
      'compiler/checks/match-covers.ts',
      `${samples}samples.ts`,
    ],
  },
  {
    name: 'a property of all conditions',
    edits: [
      {
        file: `${model}/condition.ts`,
        find: '  readonly not: boolean;',
        replace: '  readonly not: boolean;\n  readonly grown?: boolean;',
      },
    ],
    rooms: [...conditionReaders, `${istio}header-match.ts`, `${envoy}header-match.ts`],
  },
  {
    name: 'a property of conditions on headers',
    edits: [
      {
        file: `${model}/condition.ts`,
        find: "Test<'header', StringMatch> {",
        replace: "Test<'header', StringMatch> {\n  readonly grown?: boolean;",
      },
    ],
    rooms: [...conditionReaders, `${istio}header-match.ts`, `${envoy}header-match.ts`],
  },
  {
    name: 'a property of conditions on callers',
    edits: [
      {
        file: `${model}/condition.ts`,
        find: "Test<'principal', StringMatch>;",
        replace: "Test<'principal', StringMatch> & { readonly grown?: boolean };",
      },
    ],
    rooms: [
      `${lower}fields/`,
      `${istio}access-words.ts`,
      `${analysis}fields/`,
      'compiler/checks/',
      randomMesh,
      samples,
    ],
  },
  {
    name: 'a property of one mode of TLS towards a host',
    edits: [
      {
        file: `${model}/destination-policy.ts`,
        find: "{ readonly mode: 'MESH' }\n",
        replace: "{ readonly mode: 'MESH'; readonly grown?: string }\n",
      },
    ],
    rooms: tlsReaders,
  },
  {
    name: 'a property of TLS towards a host, whatever its mode',
    edits: [
      {
        file: `${model}/destination-policy.ts`,
        find: "ModelNode<'UpstreamTls'> & TlsTowards",
        replace: "ModelNode<'UpstreamTls'> & TlsTowards & { readonly grown?: string }",
      },
    ],
    rooms: [`${model}/destination-policy.ts`, `${analysis}records.ts`],
  },
  {
    name: 'a list of the mesh',
    edits: [
      {
        file: `${model}/mesh.ts`,
        find: '  readonly gateways: Gateway;',
        replace: '  readonly gateways: Gateway;\n  readonly grown: Gateway;',
      },
    ],
    rooms: [
      `${model}/lists.ts`,
      istio,
      `${envoy}conflicts.ts`,
      `${analysis}records.ts`,
      'compiler/review/inventory.ts',
      'compiler/test/support/mesh-edits.ts',
    ],
  },
];

/** A plain record that gets an optional property: the kind of growth that a reader overlooks most easily. */
export interface RecordGrowth {
  readonly record: string;
  readonly file: string;
  /** Follows `export interface RECORD`, up to the brace. */
  readonly rooms: readonly string[];
  /** Where the property goes, for a record without a name: right behind this. */
  readonly behind?: string;
}

export const recordGrowths: readonly RecordGrowth[] = [
  { record: 'MeshSettings', file: 'mesh.ts', rooms: [istio, envoy, analysis, 'compiler/review/'] },
  { record: 'Service', file: 'service.ts', rooms: [istio, envoy, analysis] },
  { record: 'ServicePort', file: 'service.ts', rooms: [istio, envoy, analysis] },
  { record: 'Workload', file: 'workload.ts', rooms: [istio, envoy, analysis] },
  { record: 'Gateway', file: 'gateway.ts', rooms: [`${model}/lists.ts`, istio, envoy, analysis] },
  { record: 'GatewayListener', file: 'gateway.ts', rooms: [istio, envoy, analysis] },
  { record: 'EgressScope', file: 'egress.ts', rooms: [`${model}/lists.ts`, istio, envoy, analysis] },
  { record: 'EgressHost', file: 'egress.ts', rooms: [`${model}/lists.ts`, istio, envoy, analysis] },
  { record: 'RouteTable', file: 'route.ts', rooms: [`${model}/lists.ts`, istio, envoy, analysis] },
  { record: 'HttpRoute', file: 'route.ts', rooms: [istio, envoy, analysis] },
  { record: 'TcpRoute', file: 'route.ts', rooms: [istio, envoy, analysis] },
  { record: 'ForwardAction', file: 'route.ts', rooms: [istio, envoy, `${analysis}concrete/`, `${analysis}symbolic/`] },
  { record: 'RedirectAction', file: 'route.ts', rooms: [istio, envoy, analysis] },
  { record: 'WeightedDestination', file: 'route.ts', rooms: [istio, envoy, analysis] },
  { record: 'Clause', file: 'condition.ts', rooms: [istio, envoy, analysis] },
  { record: 'DestinationPolicy', file: 'destination-policy.ts', rooms: [istio, envoy, analysis] },
  { record: 'Subset', file: 'destination-policy.ts', rooms: [istio, envoy, analysis] },
  { record: 'LoadBalancing', file: 'destination-policy.ts', rooms: [istio, envoy] },
  { record: 'ConnectionPool', file: 'destination-policy.ts', rooms: [istio, envoy] },
  { record: 'CorsPolicy', file: 'route-feature.ts', rooms: [istio, envoy] },
  { record: 'Fault', file: 'route-feature.ts', rooms: [istio, envoy] },
  { record: 'HeaderEdit', file: 'route-feature.ts', rooms: [istio, envoy, `${analysis}words/`, 'compiler/review/'] },
  {
    record: 'HeaderEdits',
    file: 'route-feature.ts',
    rooms: [istio, envoy, `${analysis}concrete/`, 'compiler/review/'],
  },
  { record: 'HeaderOperations', file: 'route-feature.ts', rooms: [istio, envoy, `${analysis}concrete/`] },
  { record: 'Delay', file: 'route-feature.ts', behind: 'readonly delay?: {', rooms: [istio, envoy] },
  { record: 'Abort', file: 'route-feature.ts', behind: 'readonly abort?: {', rooms: [istio, envoy] },
  { record: 'Rewrite', file: 'route.ts', rooms: [istio, envoy, analysis] },
  { record: 'Attach', file: 'route.ts', behind: 'readonly attach: {', rooms: [istio, envoy, analysis] },
  { record: 'SimpleTls', file: 'destination-policy.ts', behind: "{ readonly mode: 'SIMPLE';", rooms: tlsReaders },
  { record: 'Mesh', file: 'mesh.ts', rooms: [istio, envoy, `${analysis}records.ts`] },
  { record: 'TestRequest', file: 'expectation.ts', rooms: [`${lower}tests.ts`, `${analysis}records.ts`] },
  { record: 'RetrySettings', file: 'route-feature.ts', rooms: [istio, envoy, analysis, 'compiler/review/'] },
  { record: 'Mirror', file: 'route-feature.ts', rooms: [istio, envoy, analysis] },
  { record: 'AuthorizationPolicy', file: 'security.ts', rooms: [`${model}/lists.ts`, istio, envoy, analysis] },
  { record: 'AuthorizationRule', file: 'security.ts', rooms: [istio, envoy, analysis] },
  { record: 'PeerAuthentication', file: 'security.ts', rooms: [`${model}/lookup.ts`, istio, analysis] },
  { record: 'PolicyTarget', file: 'security.ts', rooms: [`${model}/lookup.ts`, istio, analysis] },
];
