// Public surface of the sources: where intent texts come from.
export { decodeText } from './decode-text.ts';
export { loadDirectory } from './directory.ts';
export { inventoryName, localFileName, saysIntent } from './intake.ts';
export { defaultLimits, formatBytes, type SourceLimits } from './limits.ts';
export { makeFolder } from './make-folder.ts';
export { loadTree } from './load-tree.ts';
export { loadStream } from './stream.ts';
export { loadRevision } from './revision.ts';
export type { SourceFile, SourceTree } from './source-tree.ts';
