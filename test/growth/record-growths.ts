// Plain records that get a property each, and who must be told.
import { analysis, envoy, istio, lower, model, review, samples, tlsReaders } from './rooms.ts';

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
  { record: 'MeshSettings', file: 'mesh.ts', rooms: [istio, envoy, analysis, review] },
  { record: 'Service', file: 'service.ts', rooms: [istio, envoy, analysis, review] },
  { record: 'ServicePort', file: 'service.ts', rooms: [istio, envoy, analysis, review] },
  { record: 'Workload', file: 'workload.ts', rooms: [istio, envoy, analysis, review] },
  { record: 'Gateway', file: 'gateway.ts', rooms: [`${model}/lists.ts`, istio, envoy, analysis, review] },
  { record: 'GatewayListener', file: 'gateway.ts', rooms: [istio, envoy, analysis, review] },
  { record: 'EgressScope', file: 'egress.ts', rooms: [`${model}/lists.ts`, istio, envoy, analysis] },
  { record: 'EgressHost', file: 'egress.ts', rooms: [`${model}/lists.ts`, istio, envoy, analysis] },
  { record: 'RouteTable', file: 'route.ts', rooms: [`${model}/lists.ts`, istio, envoy, analysis] },
  { record: 'HttpRoute', file: 'route.ts', rooms: [istio, envoy, analysis] },
  { record: 'TcpRoute', file: 'route.ts', rooms: [istio, envoy, analysis] },
  { record: 'ForwardAction', file: 'route.ts', rooms: [istio, envoy, `${analysis}concrete/`, `${analysis}symbolic/`] },
  { record: 'RedirectAction', file: 'route.ts', rooms: [istio, envoy, analysis] },
  {
    record: 'WeightedDestination',
    file: 'route.ts',
    rooms: [istio, `${envoy}outbound.ts`, `${envoy}route-actions.ts`, analysis],
  },
  { record: 'Clause', file: 'condition.ts', rooms: [istio, envoy, analysis] },
  { record: 'DestinationPolicy', file: 'destination-policy.ts', rooms: [istio, envoy, analysis, review] },
  { record: 'Subset', file: 'destination-policy.ts', rooms: [istio, envoy, analysis] },
  { record: 'LoadBalancing', file: 'destination-policy.ts', rooms: [istio, envoy, review] },
  { record: 'ConnectionPool', file: 'destination-policy.ts', rooms: [istio, envoy, review] },
  { record: 'CorsPolicy', file: 'route-feature.ts', rooms: [istio, envoy] },
  { record: 'Fault', file: 'route-feature.ts', rooms: [istio, envoy] },
  { record: 'HeaderEdit', file: 'route-feature.ts', rooms: [istio, envoy, `${analysis}words/`, review] },
  {
    record: 'HeaderEdits',
    file: 'route-feature.ts',
    rooms: [istio, envoy, `${analysis}concrete/`, review],
  },
  { record: 'HeaderOperations', file: 'route-feature.ts', rooms: [istio, envoy, `${analysis}concrete/`] },
  { record: 'Delay', file: 'route-feature.ts', behind: 'readonly delay?: {', rooms: [istio, envoy] },
  { record: 'Abort', file: 'route-feature.ts', behind: 'readonly abort?: {', rooms: [istio, envoy] },
  { record: 'Rewrite', file: 'route.ts', rooms: [istio, envoy, analysis] },
  { record: 'Attach', file: 'route.ts', behind: 'readonly attach: {', rooms: [istio, envoy, analysis] },
  { record: 'SimpleTls', file: 'destination-policy.ts', behind: "{ readonly mode: 'SIMPLE';", rooms: tlsReaders },
  { record: 'Mesh', file: 'mesh.ts', rooms: [istio, envoy, `${analysis}records.ts`] },
  { record: 'Expectation', file: 'expectation.ts', rooms: [`${analysis}concrete/run-tests.ts`] },
  { record: 'MeshTest', file: 'expectation.ts', rooms: [`${analysis}concrete/run-tests.ts`, review] },
  {
    record: 'ExpectedRedirect',
    file: 'expectation.ts',
    behind: 'readonly redirect?: {',
    rooms: [`${analysis}concrete/run-tests.ts`],
  },
  { record: 'TestRequest', file: 'expectation.ts', rooms: [`${lower}tests.ts`, `${analysis}records.ts`, samples] },
  { record: 'RetrySettings', file: 'route-feature.ts', rooms: [istio, envoy, analysis, review] },
  { record: 'Mirror', file: 'route-feature.ts', rooms: [istio, envoy, analysis] },
  { record: 'AuthorizationPolicy', file: 'security.ts', rooms: [`${model}/lists.ts`, istio, envoy, analysis] },
  { record: 'AuthorizationRule', file: 'security.ts', rooms: [istio, envoy, analysis] },
  { record: 'PeerAuthentication', file: 'security.ts', rooms: [`${model}/lookup.ts`, istio, analysis, review] },
  { record: 'PolicyTarget', file: 'security.ts', rooms: [`${model}/lookup.ts`, istio, analysis] },
];
