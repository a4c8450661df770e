// Public surface of the intent front end.
export { meshDefaults, serviceDefaults } from './defaults.ts';
export type { DocumentPath, IntentDocument } from './document.ts';
export { apiVersion, type IntentKind, intentKinds } from './kinds.ts';
export { assembleMesh, type Fragment, type GlobalFacts, lowerDocument, lowerMesh } from './lower/index.ts';
export { type ReadDocument, type ReadFile, readFile } from './read-file.ts';
export { type Dependencies, Resolver, type SymbolTable } from './resolve.ts';
export { renderDefaults } from './render-defaults.ts';
export { intentSchemas, type JsonSchema } from './schema/index.ts';
export type { IntentSymbol } from './symbols.ts';
