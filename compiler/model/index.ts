// Public surface of the model: the compiler's middle, imported by both front ends, both back ends and the analysis.
export type * from './destination-policy.ts';
export { dumpMesh, loadMesh } from './dump.ts';
export type * from './egress.ts';
export type * from './expectation.ts';
export { deepFreeze } from './freeze.ts';
export type * from './gateway.ts';
export { indexMesh, type MeshIndex, primaryServiceOf } from './lookup.ts';
export type * from './match.ts';
export type * from './mesh.ts';
export * from './names.ts';
export { formatOrigin, type ModelNode, type Origin } from './origin.ts';
export type * from './route.ts';
export { isSameData } from './same-data.ts';
export type * from './security.ts';
export * from './service.ts';
export * from './workload.ts';
