// Runs rules one after another, and leaves out those that would look at nothing but what they saw last time.
import { type Diagnostic, DiagnosticSink } from '../diagnostics/index.ts';
import { indexMesh, type Mesh, type MeshIndex } from '../model/index.ts';
import type { Check, CheckInput, PlaceOf } from './check.ts';

/** Findings come sorted by place, the same whether rules ran or their last findings were taken. */
export interface Checker {
  /** `placeOf` narrows findings about a whole object. */
  check(mesh: Mesh, placeOf: PlaceOf): readonly Diagnostic[];
}

interface LastRun {
  readonly mesh: Mesh;
  readonly findings: readonly Diagnostic[];
}

/** Remembers the last mesh. */
export function createCheckerOf(checks: readonly Check[]): Checker {
  const lastRuns = new Map<Check, LastRun>();
  return {
    check(mesh, placeOf) {
      const input = inputOf(mesh);
      const all = new DiagnosticSink();
      for (const rule of checks) {
        const last = lastRuns.get(rule);
        if (last && isSameTo(rule, last.mesh, mesh)) {
          all.add(last.findings);
          lastRuns.set(rule, { mesh, findings: last.findings });
        } else {
          all.add(run(rule, input, placeOf, lastRuns));
        }
      }
      return all.toSorted();
    },
  };
}

function run(rule: Check, input: CheckInput, placeOf: PlaceOf, lastRuns: Map<Check, LastRun>): readonly Diagnostic[] {
  const sink = new DiagnosticSink();
  let asksForPlaces = false;
  rule.check(input, sink.report, (...question) => {
    asksForPlaces = true;
    return placeOf(...question);
  });
  const findings = sink.toSorted();
  // Places come from the text, which may change where the mesh does not.
  if (asksForPlaces) lastRuns.delete(rule);
  else lastRuns.set(rule, { mesh: input.mesh, findings });
  return findings;
}

function inputOf(mesh: Mesh): CheckInput {
  let index: MeshIndex | undefined;
  return {
    mesh,
    get index() {
      index ??= indexMesh(mesh);
      return index;
    },
  };
}

function isSameTo({ reads }: Check, before: Mesh, after: Mesh): boolean {
  const parts = reads === 'all' ? (Object.keys(after) as (keyof Mesh)[]) : reads;
  return parts.every((part) => isSamePart(before[part], after[part]));
}

/** Lists are made anew for each mesh; the nodes in them are not. */
function isSamePart(before: unknown, after: unknown): boolean {
  if (!Array.isArray(before) || !Array.isArray(after)) return before === after || isSameRecord(before, after);
  return before.length === after.length && before.every((node, i) => node === after[i]);
}

/** For the settings, the origin and the name of the mesh. */
function isSameRecord(before: unknown, after: unknown): boolean {
  return typeof before === 'object' && JSON.stringify(before) === JSON.stringify(after);
}
