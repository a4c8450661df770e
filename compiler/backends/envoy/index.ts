// Public surface of the Envoy back end.
export { checkSnapshot } from './closure.ts';
export {
  assignmentFrom,
  buildClusterLoadAssignment,
  type InstanceIndex,
  indexInstances,
  lbEndpoint,
} from './endpoints.ts';
export { checkEnvoy } from './conflicts.ts';
export type { EnvoyPlan } from './plan.ts';
export { planEnvoy } from './plan-envoy.ts';
export type * from './proxy-snapshot.ts';
export { renderSnapshot, type SnapshotFile } from './render.ts';
export { snapshotFor } from './snapshot.ts';
