// What a candidate object would do to the mesh: what the compiler newly objects to, and what opens or closes. Reads no intent itself.
import {
  type Candidate,
  type CandidateFinding,
  type CompileTree,
  makeCandidateJudge,
  type SourceTree,
} from '../../compiler/index.ts';
import { describeOpenings } from './openings.ts';

export interface MeshChecker {
  /** What the mesh would have to complain about that it has not already. */
  consequences(candidate: Candidate): readonly CandidateFinding[];
}

/**
 * A checker for one state of the tree; make another when the tree changes.
 * Errors the mesh has already are nobody's fault now, and block nothing.
 */
export function makeMeshChecker(compile: CompileTree, tree?: SourceTree): MeshChecker {
  const judge = makeCandidateJudge(compile, tree);
  return {
    consequences(candidate) {
      const { findings, before, after } = judge(candidate);
      return [...findings, ...(before && after ? describeOpenings(before, after) : [])];
    },
  };
}
