// What unions of plain members may get besides a new member of a kind of its own: a property of one, or one more value.
import type { Growth } from './growth.ts';
import {
  analysis,
  conditionReaders,
  envoy,
  headerReaders,
  istio,
  lower,
  matchReaders,
  model,
  randomMesh,
  samples,
  tlsReaders,
} from './rooms.ts';

/** One more value for a field that has but a few. */
function memberOf(file: string, members: string, name: string, rooms: readonly string[]): Growth {
  const grown = /^\d/.test(members) ? '399' : "'grown'";
  return { name, edits: [{ file: `${model}/${file}`, find: members, replace: `${members} | ${grown}` }], rooms };
}

export const memberGrowths: readonly Growth[] = [
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
      `${istio}http-match.ts`,
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
    rooms: [...conditionReaders, ...headerReaders],
  },
  {
    name: 'a name of conditions on ports',
    edits: [
      {
        file: `${model}/condition.ts`,
        find: "PortCondition = Test<'port', number>;",
        replace: "PortCondition = Test<'port', number> & { readonly name?: string };",
      },
    ],
    rooms: conditionReaders,
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
    rooms: [...conditionReaders, ...headerReaders],
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
    rooms: conditionReaders,
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
  memberOf('service.ts', "'TLS' | 'TCP'", 'a protocol', [
    `${model}/service.ts`,
    'compiler/intent/protocol.ts',
    istio,
    envoy,
    `${analysis}records.ts`,
    randomMesh,
    samples,
  ]),
  memberOf('service.ts', "'workloads' | 'static' | 'dns' | 'none'", 'a way to find addresses', [
    `${model}/service.ts`,
    istio,
    envoy,
    `${analysis}records.ts`,
  ]),
  memberOf('service.ts', "location: 'mesh' | 'external'", 'a location of services', [
    `${model}/service.ts`,
    istio,
    `${analysis}records.ts`,
  ]),
  memberOf('service.ts', "registry: 'cluster' | 'mesh'", 'a registry', [
    `${model}/service.ts`,
    istio,
    `${analysis}records.ts`,
  ]),
  memberOf('gateway.ts', "'HTTP' | 'HTTPS'", 'a protocol of listeners', [
    `${model}/gateway.ts`,
    istio,
    envoy,
    `${analysis}records.ts`,
  ]),
  memberOf('mesh.ts', "'allow' | 'deny'", 'a default of access', [
    `${model}/mesh.ts`,
    `${analysis}records.ts`,
    randomMesh,
  ]),
  memberOf('egress.ts', "'declared' | 'any'", 'a mode of egress', [
    `${model}/egress.ts`,
    istio,
    `${analysis}records.ts`,
    randomMesh,
  ]),
  memberOf('workload.ts', "'sidecar' | 'gateway' | 'none'", 'a kind of proxy', [
    `${model}/workload.ts`,
    envoy,
    `${analysis}place/`,
    `${analysis}records.ts`,
  ]),
  memberOf('expectation.ts', "'route' | 'request' | 'any'", 'a reason for which a test expects a denial', [
    `${analysis}concrete/run-tests.ts`,
  ]),
  memberOf('mesh.ts', "'envoy' | 'embedded'", 'a kind of proxy that is injected', [`${analysis}records.ts`]),
  memberOf('destination-policy.ts', "'LEAST_REQUEST' | 'ROUND_ROBIN' | 'RANDOM'", 'a way to balance load', [
    istio,
    envoy,
    randomMesh,
  ]),
  memberOf('route.ts', "'http' | 'https'", 'a scheme of redirects', [istio, envoy, `${analysis}records.ts`]),
  memberOf('route.ts', '301 | 302 | 303 | 307 | 308', 'a status of redirects', [istio, envoy, `${analysis}records.ts`]),
];
