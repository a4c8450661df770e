// Reads a NACK: which resources the proxy's text blames, where in Git they come from, and what else refers to them.
import type { ProxySnapshot } from '../../compiler/index.ts';
import type { ResourceType } from '../../compiler/xds.ts';
import { type Diagnostic, makeDiagnostic } from '../../compiler/index.ts';
import type { Nack } from './channel.ts';

/** The resources of the refused response that the text names; the only one there was, if it names none. */
export function blamedResources(nack: Nack): readonly string[] {
  const names = [...nack.refused.keys()];
  if (names.length === 1) return names;
  return names.filter((name) => mentions(nack.message, name));
}

/** One for each resource to blame; or one for the response as a whole, with the places of all that was in it. */
export function refusalDiagnostics(nack: Nack, node: string, snapshot: ProxySnapshot): readonly Diagnostic[] {
  const text = nack.message.trim().replace(/\s+/g, ' ').replace(/\.$/, '');
  const hint = 'the proxy keeps its last good configuration; correct the intent and publish it again';
  const blamed = blamedResources(nack);
  if (blamed.length > 0) {
    return blamed.map((name) => {
      const message = `proxy ${node} refused ${nack.type} ${name}: ${text}`;
      return makeDiagnostic('FL0801', { message, span: originOf(snapshot, nack.message, name), hint });
    });
  }
  const related = [...nack.refused.keys()].flatMap((name) => {
    const span = snapshot.origins.get(name);
    return span ? [{ message: `${nack.type} ${name} was among what was refused`, span }] : [];
  });
  const message = `proxy ${node} refused ${nack.refused.size} ${nack.type} resources together: ${text}`;
  return [makeDiagnostic('FL0801', { message, span: originOf(snapshot, nack.message, undefined), related, hint })];
}

/** Origins are recorded by resource, and may be by what is inside one; the text may name either. */
function originOf(snapshot: ProxySnapshot, message: string, name: string | undefined): Diagnostic['span'] {
  if (name !== undefined && snapshot.origins.has(name)) return snapshot.origins.get(name);
  const named = [...snapshot.origins].filter(([key]) => mentions(message, key));
  return named.sort(([a], [b]) => b.length - a.length)[0]?.[1];
}

/** True if the listener or route configuration `name` holds one of `others` as a value: a reference, whatever the field. */
export function refersTo(
  snapshot: ProxySnapshot,
  type: ResourceType,
  name: string,
  others: ReadonlySet<string>,
): boolean {
  const resources = type === 'listener' ? snapshot.listeners : type === 'route' ? snapshot.routes : [];
  return resources.some((resource) => resource.name === name && holdsValue(resource, others));
}

function holdsValue(json: unknown, wanted: ReadonlySet<string>): boolean {
  if (typeof json === 'string') return wanted.has(json);
  return typeof json === 'object' && json !== null && Object.values(json).some((inner) => holdsValue(inner, wanted));
}

/** As a whole word: `http` is not named by `envoy.filters.http.router`. */
function mentions(text: string, name: string): boolean {
  const isPartOfName = (character: string | undefined): boolean =>
    character !== undefined && /[\w|./-]/.test(character);
  for (let at = text.indexOf(name); name !== '' && at !== -1; at = text.indexOf(name, at + 1)) {
    // A full stop ends a sentence when no more of a name follows it.
    const rest = text.slice(at + name.length).replace(/^\.(?=\s|$)/, '');
    if (!isPartOfName(text[at - 1]) && !isPartOfName(rest[0])) return true;
  }
  return false;
}
