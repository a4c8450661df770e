// What a change brings up, among all that is said of what it leads to.
import { type Diagnostic, holdsPosition, type Span } from '../compiler/index.ts';
import type { Checked } from './load.ts';

/**
 * What the base has already is not the change's fault: of each object, as many findings of the same code and text as before. The
 * object counts, wherever its file is: many texts name a field only, and then say the same of another service.
 */
export function newFindings(base: Checked, head: Checked): readonly Diagnostic[] {
  const known = new Map<string, number>();
  const keyOfBase = keyIn(base);
  for (const diagnostic of base.diagnostics) {
    const key = keyOfBase(diagnostic);
    known.set(key, (known.get(key) ?? 0) + 1);
  }
  const keyOfHead = keyIn(head);
  return head.diagnostics.filter((diagnostic) => {
    const key = keyOfHead(diagnostic);
    const left = known.get(key) ?? 0;
    known.set(key, left - 1);
    return left <= 0;
  });
}

/** Code, text, and the object that holds the place; the file, where no object does. */
function keyIn({ documents, passthrough }: Checked): (diagnostic: Diagnostic) => string {
  const raw = passthrough.map(({ object, origin }) => {
    const { kind = '', metadata = {} } = object as { kind?: string; metadata?: { namespace?: string; name?: string } };
    return { file: origin.file, span: origin, kind, namespace: metadata.namespace ?? '', name: metadata.name ?? '' };
  });
  const objects = Map.groupBy([...documents, ...raw], ({ file }) => file);
  const holderOf = (place: Span) =>
    objects.get(place.file)?.find(({ span }) => holdsPosition(span, place.start) || holdsPosition(span, place.end));
  return ({ code, message, span }) => {
    const holder = span && holderOf(span);
    const of = holder ? [holder.kind, holder.namespace, holder.name] : [span?.file ?? ''];
    return JSON.stringify([code, message, ...of]);
  };
}
