// Public surface of running a mesh on one machine.
export type { ProxyKind } from './fleet.ts';
export { emptyLocalFile, type LocalFile, type LocalFileResult, parseLocalFile } from './local-file.ts';
export {
  type CompiledIntent,
  LocalMesh,
  type LocalMeshOptions,
  type LocalMeshResult,
  startLocalMesh,
} from './mesh-runner.ts';
export type { InstanceAddresses, LocalProxyStatus, LocalStatus, MeshAddresses } from './mesh-status.ts';
export type { ProgramStatus } from './processes.ts';
export { type MeshAnswer, type MeshRequest, sendHttp, sendTcp } from './send-request.ts';
