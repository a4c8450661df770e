// So many findings of one file that nobody reads them are counted instead: errors stay before the rest, the first before the last.
import { compareDiagnostics, type Diagnostic } from './diagnostic.ts';
import { makeDiagnostic } from './sink.ts';

/** Far above what a person mends in one go. */
export const maxFindingsPerFile = 200;

/**
 * Takes and gives them by place. What is left out of a file is told in a note; an error is never left out alone. What was limited before
 * may be limited again with what was found since.
 */
export function limitPerFile(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const byFile = Map.groupBy(
    diagnostics.filter(({ code }) => code !== noteCode),
    ({ span }) => span?.file,
  );
  const tooMany = [...byFile].filter(([file, { length }]) => file !== undefined && length > maxFindingsPerFile);
  if (tooMany.length === 0) return diagnostics;
  const left = new Set<Diagnostic>();
  const notes = tooMany.map(([file = '', found]) => {
    const errors = found.filter(({ severity }) => severity === 'error');
    const others = found.filter(({ severity }) => severity !== 'error');
    const rest = [...errors, ...others].slice(maxFindingsPerFile);
    for (const one of rest) left.add(one);
    return noteOf(file, rest);
  });
  return [...diagnostics.filter((one) => !left.has(one)), ...notes].toSorted(compareDiagnostics);
}

const noteCode = 'FL0124';

function noteOf(file: string, rest: readonly Diagnostic[]): Diagnostic {
  const errors = rest.filter(({ severity }) => severity === 'error').length;
  const others = rest.length - errors;
  const counts = [
    ...(errors > 0 ? [`${errors} more error${errors === 1 ? '' : 's'}`] : []),
    ...(others > 0 ? [`${others} more warning${others === 1 ? '' : 's'}`] : []),
  ];
  return makeDiagnostic(noteCode, {
    message: `${counts.join(' and ')} in "${file}" ${rest.length === 1 ? 'is' : 'are'} not listed`,
    span: rest[0]?.span,
    hint: 'correct those that are listed, and check again',
  });
}
