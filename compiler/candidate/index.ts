// Public surface of judging candidates: one object against the mesh that it becomes part of.
export type { Candidate, CandidateFinding, CandidateVerdict } from './candidate.ts';
export { type CandidateJudge, type CompileTree, makeCandidateJudge } from './judge.ts';
