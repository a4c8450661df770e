// Public surface of the intent front end.
export { meshDefaults, serviceDefaults } from './defaults.ts';
export type { IntentDocument } from './document.ts';
export { apiVersion, type IntentKind, intentKinds } from './kinds.ts';
export { assembleMesh, type Fragment, type GlobalFacts, lowerMesh } from './lower/index.ts';
export { createLowering, type Lowering, type LoweringResult } from './lowering.ts';
export { type ReadDocument, type ReadFile, readFile } from './read-file.ts';
export { renderDefaults } from './render-defaults.ts';
export { intentSchemas, type JsonSchema } from './schema/index.ts';
