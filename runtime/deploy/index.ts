// Public surface of deploying: a branch to watch, commits to roll out, records of what came of them.
export {
  type DeployRecord,
  type DeployState,
  fileStore,
  type HistoryStore,
  isFinal,
  noStore,
} from './deploy-record.ts';
export {
  type CompiledCommit,
  type Deployable,
  Deployer,
  type DeployerOptions,
  type DeployTarget,
} from './deployer.ts';
export { type Git, type GitResult, gitProgram } from './git.ts';
export { type CommitEvent, type GitWatch, type GitWatchOptions, watchBranch } from './git-watch.ts';
export { type PhaseName, phasesOf, planPhases, snapshotInPhase } from './phases.ts';
export { type PhaseRecord, type Publisher, type RollOutOutcome, rollOut, type SnapshotSource } from './roll-out.ts';
