// Which objects cannot be side by side: kinds share the names of a namespace, tests have names of their own, a Mesh is alone.
import type { Report } from '../diagnostics/index.ts';
import type { FoundIntent } from './read-document.ts';

/** Later objects of a name that is taken are reported and left out. */
export function firstOfEachName(found: readonly FoundIntent[], report: Report): readonly FoundIntent[] {
  const taken = new Map<string, FoundIntent>();
  const certain = new Set(found.filter(({ isCertain }) => isCertain).map(nameKey));
  return found.filter((object) => {
    // What is a guess takes no name from anybody.
    if (!object.isCertain) return !certain.has(nameKey(object));
    // What has no name takes none. That it has none was reported.
    if (object.name === '') return object.document !== undefined || object.isNameInDoubt;
    const key = nameKey(object);
    const first = taken.get(key);
    if (first) reportClash(object, first, report);
    else taken.set(key, object);
    return !first;
  });
}

function nameKey({ kind, namespace, name }: FoundIntent): string {
  if (kind === 'Mesh') return 'Mesh';
  return `${kind === 'MeshTest' ? 'MeshTest ' : ''}${namespace}/${name}`;
}

function reportClash({ kind, namespace, name, nameSpan }: FoundIntent, first: FoundIntent, report: Report): void {
  const related = [{ message: 'first here', span: first.nameSpan }];
  if (kind === 'Mesh') {
    const message = `"${name}" is a second Mesh`;
    report('FL0311', { message, span: nameSpan, related, hint: 'keep one of the two' });
  } else {
    const other = kind === first.kind ? `another ${first.kind}` : `the ${first.kind}`;
    const message = `${kind} "${namespace}/${name}" has the name of ${other}`;
    report('FL0301', { message, span: nameSpan, related, hint: 'rename or remove one of the two' });
  }
}
