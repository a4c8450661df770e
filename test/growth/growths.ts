// The unions that the model will get a new member of, and its lists.
import type { Edit, Growth } from './growth.ts';
import { analysis, envoy, istio, lower, model, randomMesh, samples } from './rooms.ts';

const newCondition: Edit = {
  file: `${model}/condition.ts`,
  find: '  | NamespaceCondition;',
  replace: "  | NamespaceCondition\n  | Test<'grown', StringMatch>;",
};

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
    rooms: ['compiler/review/', lower, istio, envoy, analysis, randomMesh],
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
      'compiler/review/settings.ts',
      'compiler/test/support/mesh-edits.ts',
    ],
  },
];
