// Intent as a front end: what the pipeline needs to know of this room.
import { DiagnosticSink } from '../diagnostics/index.ts';
import type { LeadingFrontEnd, LoweringPass } from '../front-end/index.ts';
import { apiVersion } from './kinds.ts';
import { type GlobalFacts, joinFragments, lowerMesh } from './lower/index.ts';
import { createLowering } from './lowering.ts';
import { firstOfEachName } from './name-clashes.ts';
import { type FoundIntent, frontEndName, guessDocuments, isMeantForUs, readDocument } from './read-document.ts';

/** Leads: the kind Mesh speaks of the mesh as a whole. */
export const intent: LeadingFrontEnd<FoundIntent> = {
  name: frontEndName,
  apiVersion,
  claims: isMeantForUs,
  read: readDocument,
  guess: guessDocuments,
  withoutClashes: firstOfEachName,
  frameOf: factsOf,
  createPass,
};

function factsOf(found: readonly FoundIntent[], firstFile: string): GlobalFacts {
  return lowerMesh(found.find(({ kind }) => kind === 'Mesh')?.document, firstFile);
}

function createPass(): LoweringPass<FoundIntent> {
  const lowering = createLowering();
  return {
    lower(found, { origin }, hasUnread) {
      const facts = factsOf(found, origin.file);
      const { fragments, diagnostics } = lowering.lower(found, facts, hasUnread);
      const sink = new DiagnosticSink();
      sink.add(diagnostics);
      const part = joinFragments(facts, fragments, sink.report);
      return { part, diagnostics: sink.toSorted() };
    },
  };
}
