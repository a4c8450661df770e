// Public surface of the syntax room: YAML and JSON with positions, for every front end. Knows no language.
export { templateHint, templateInValue } from './causes.ts';
export { Cursor } from './cursor.ts';
export type { DocumentPath, Locate, ObjectDocument } from './document.ts';
export type { DocumentHeader } from './headers.ts';
export { isMergeKey, jsonKeyOf } from './kubernetes-values.ts';
export { type ManifestDocument, parseManifest } from './manifest.ts';
export { type ParsedDocument, parseFile } from './parse.ts';
export { clip, type Glued, gluedHint, gluedIn, quote, unseenHint } from './quote.ts';
