// Public surface of deploying: a branch to watch, commits to roll out, records of what came of them.
export {
  type DeployRecord,
  type DeployState,
  fileStore,
  type HistoryStore,
  isFinal,
  noStore,
} from './deploy-record.ts';
export type {
  Acknowledgement,
  CompiledCommit,
  Deployable,
  DeployTarget,
  Phase,
  Receiver,
  Step,
} from './deploy-target.ts';
export { Deployer, type DeployerOptions } from './deployer.ts';
export { type Git, type GitResult, gitProgram } from './git.ts';
export { type CommitEvent, type GitWatch, type GitWatchOptions, watchBranch } from './git-watch.ts';
export { ProxySnapshots, type SnapshotSource } from './proxy-snapshots.ts';
export type { PhaseRecord } from './roll-out.ts';
export { type ProxyPublisher, xdsTarget } from './xds-target.ts';
