// Public surface of the intent front end.
export { meshDefaults, serviceDefaults } from './defaults.ts';
export { intent } from './front-end.ts';
export { apiVersion, type IntentKind, intentKinds } from './kinds.ts';
export { renderDefaults } from './render-defaults.ts';
export { type FieldOfKind, fieldsOfSchema, renderFields } from './render-fields.ts';
export { intentSchemas, type JsonSchema } from './schema/index.ts';
