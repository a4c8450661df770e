// One parsed document to an object of intent: told apart by apiVersion and kind, checked against the schema of its kind.
import { didYouMean, type Report, suggest } from '../diagnostics/index.ts';
import type { FoundObject } from '../front-end/index.ts';
import { type ParsedDocument, quote } from '../syntax/index.ts';
import { checkSchema } from './check-schema.ts';
import { serviceDefaults } from './defaults.ts';
import type { IntentDocument } from './document.ts';
import { apiVersion, type IntentKind, intentKinds } from './kinds.ts';
import { brokenSymbol, type IntentSymbol, symbolOf } from './symbols.ts';

export const frontEndName = 'intent';

/** A document of ours. `document` is absent if it has errors; its name still keeps references to it from dangling. */
export interface FoundIntent extends FoundObject {
  readonly kind: IntentKind;
  readonly symbol: IntentSymbol | undefined;
  readonly document: IntentDocument | undefined;
}

const ourGroup = 'fairlead.dev/';

/** Ours, or nearly: an object that its writer took for intent must not be left out in silence. */
export function isMeantForUs(version: string, kind: string): boolean {
  const [group = '', name] = version.split('/');
  if (`${group}/` === ourGroup || (name === undefined && group.includes('fairlead'))) return true;
  const isOurKind = intentKinds.some((known) => known === kind);
  return isOurKind && (name === undefined || suggest(`${group}/`, [ourGroup]) !== undefined);
}

/** Undefined, after a report, if there is no such kind. */
export function readDocument(parsed: ParsedDocument, report: Report): FoundIntent | undefined {
  const kind = kindOf(parsed, report);
  if (!kind) return undefined;
  const { header, span } = parsed;
  const name = typeof header.name === 'string' ? header.name : '';
  const given = typeof header.namespace === 'string' ? header.namespace : serviceDefaults.namespace;
  const namespace = kind === 'Mesh' ? '' : given;
  const nameSpan = parsed.locate(['metadata', 'name']);
  const base = { frontEnd: frontEndName, kind, namespace, name, span, nameSpan };
  if (parsed.isBroken || !checkSchema(parsed, kind, report)) {
    return { ...base, symbol: brokenSymbol(kind, namespace, name, nameSpan), document: undefined };
  }
  const object = parsed.value as IntentDocument['object'];
  const document: IntentDocument = { file: parsed.file, kind, namespace, name, object, span, locate: parsed.locate };
  return { ...base, symbol: symbolOf(document), document };
}

function kindOf(parsed: ParsedDocument, report: Report): IntentKind | undefined {
  const { apiVersion: version, kind } = parsed.header;
  if (version !== apiVersion) {
    report('FL0203', {
      message: `there is no apiVersion ${quote(version)}`,
      span: parsed.locate(['apiVersion']),
      hint: `this version of Fairlead reads "${apiVersion}"`,
    });
    return undefined;
  }
  const known = intentKinds.find((candidate) => candidate === kind);
  if (known) return known;
  report('FL0202', {
    message: `there is no kind ${quote(kind)}`,
    span: parsed.locate(['kind']),
    hint: didYouMean(String(kind), intentKinds) ?? `the kinds are: ${intentKinds.join(', ')}`,
  });
  return undefined;
}
