// One parsed document to an object of intent: told apart by apiVersion and kind, checked against the schema of its kind.
import { didYouMean, type Report, suggest } from '../diagnostics/index.ts';
import type { FoundObject } from '../front-end/index.ts';
import { type DocumentHeader, type ParsedDocument, quote, templateInValue } from '../syntax/index.ts';
import { checkSchema } from './check-schema.ts';
import { serviceDefaults } from './defaults.ts';
import type { IntentDocument } from './document.ts';
import { apiVersion, type IntentKind, intentKinds } from './kinds.ts';
import { reportLeadingZeros } from './leading-zeros.ts';
import { kindsOfOthers } from './words-of-others.ts';
import { brokenSymbol, type IntentSymbol, symbolOf } from './symbols.ts';

export const frontEndName = 'intent';

/** A document of ours. `document` is absent if it has errors; its name still keeps references to it from dangling. */
export interface FoundIntent extends FoundObject {
  readonly kind: IntentKind;
  readonly symbol: IntentSymbol | undefined;
  readonly document: IntentDocument | undefined;
  /** False if the kind is a guess. */
  readonly isCertain: boolean;
  /** Its name or namespace may be other than it says: there is an error in just these, or no name at all. */
  readonly isNameInDoubt: boolean;
}

const ourGroup = 'fairlead.dev/';

/** Ours, or nearly: an object that its writer took for intent must not be left out in silence. */
export function isMeantForUs(version: string, kind: string): boolean {
  const [group = '', name] = version.split('/');
  if (`${group}/` === ourGroup || (name === undefined && group.includes('fairlead'))) return true;
  const isOurKind = intentKinds.some((known) => known === kind);
  return isOurKind && (name === undefined || isOfIstio(version) || suggest(`${group}/`, [ourGroup]) !== undefined);
}

/** Istio has none of our kinds: whoever writes them so took the line from an object of Istio. */
function isOfIstio(version: string): boolean {
  return /^[a-z]+\.istio\.io\//.test(version);
}

/** Undefined, after a report, if there is no such kind and nothing is declared either. */
export function readDocument(parsed: ParsedDocument, report: Report): FoundIntent | undefined {
  const { header } = parsed;
  const kind = parsed.isBroken ? undefined : kindOf(parsed, report);
  if (!kind) return guessIn(header, parsed);
  if (header.apiVersion !== apiVersion) return foundByName({ kind, isCertain: true }, header, parsed);
  if (reportLeadingZeros(parsed, report)) return foundByName({ kind, isCertain: true }, header, parsed);
  const slips = checkSchema(parsed, kind, report);
  if (slips) {
    const isInDoubt = slips.isHeaderWrong;
    return foundByName({ kind, isCertain: true }, isInDoubt ? meantHeader(parsed) : header, parsed, isInDoubt);
  }
  const base = named(kind, header, parsed);
  const object = parsed.value as IntentDocument['object'];
  const { namespace, name, span } = base;
  const document: IntentDocument = { file: parsed.file, kind, namespace, name, object, span, locate: parsed.locate };
  return { ...base, symbol: symbolOf(document), document, isCertain: true, isNameInDoubt: false };
}

/** The names that a document may declare which is nobody's for certain: its kind or apiVersion is missing, or it is a List. */
export function guessDocuments(parsed: ParsedDocument): readonly FoundIntent[] {
  const { items } = (parsed.value ?? {}) as { readonly items?: unknown };
  if (!Array.isArray(items)) return [guessIn(parsed.header, parsed)].flatMap((found) => found ?? []);
  return items.flatMap((item) => {
    const { apiVersion: version, kind, metadata } = (item ?? {}) as IntentDocument['object'];
    const { name, namespace } = (metadata ?? {}) as { readonly name?: unknown; readonly namespace?: unknown };
    const isOurs = isMeantForUs(String(version), String(kind));
    return (isOurs && guessIn({ apiVersion: version, kind, name, namespace }, parsed)) || [];
  });
}

function guessIn(header: DocumentHeader, parsed: ParsedDocument): FoundIntent | undefined {
  const { apiVersion: version, kind, name } = header;
  if (typeof version === 'string' && typeof kind === 'string' && !isMeantForUs(version, kind)) return undefined;
  if (name === undefined && !parsed.isBroken) return undefined;
  const near = typeof kind === 'string' ? suggest(kind, intentKinds) : undefined;
  const meant = intentKinds.find((known) => known === near) ?? 'MeshService';
  return foundByName({ kind: meant, isCertain: near !== undefined && near === kind }, header, parsed);
}

interface KindMeant {
  readonly kind: IntentKind;
  readonly isCertain: boolean;
}

function foundByName(
  { kind, isCertain }: KindMeant,
  header: DocumentHeader,
  parsed: ParsedDocument,
  isNameInDoubt = false,
): FoundIntent {
  const base = named(kind, header, parsed);
  const symbol = base.name === '' ? undefined : brokenSymbol(base, isCertain);
  const isReferredTo = kind !== 'Mesh' && kind !== 'MeshTest';
  return {
    ...base,
    symbol,
    document: undefined,
    isCertain,
    isNameInDoubt: isReferredTo && (isNameInDoubt || base.name === ''),
  };
}

function named(kind: IntentKind, header: DocumentHeader, { span, locate }: ParsedDocument) {
  const name = typeof header.name === 'string' ? header.name : '';
  const given = typeof header.namespace === 'string' ? header.namespace : serviceDefaults.namespace;
  const namespace = kind === 'Mesh' ? '' : given;
  return { frontEnd: frontEndName, kind, namespace, name, span, nameSpan: locate(['metadata', 'name']) };
}

/** With what was nearly written `metadata`, `name` and `namespace`. */
function meantHeader({ value, header }: ParsedDocument): DocumentHeader {
  const metadata = fieldLike(value, 'metadata');
  const name = fieldLike(metadata, 'name');
  // What a template makes of it nobody knows.
  const meant = templateInValue(name) === undefined ? name : undefined;
  return { ...header, name: meant, namespace: fieldLike(metadata, 'namespace') };
}

function fieldLike(object: unknown, field: string): unknown {
  if (typeof object !== 'object' || object === null) return undefined;
  const fields = object as Readonly<Record<string, unknown>>;
  const near = Object.hasOwn(fields, field) ? field : Object.keys(fields).find((key) => suggest(key, [field]));
  return near === undefined ? undefined : fields[near];
}

function kindOf(parsed: ParsedDocument, report: Report): IntentKind | undefined {
  const { apiVersion: version, kind } = parsed.header;
  const known = intentKinds.find((candidate) => candidate === kind);
  if (version !== apiVersion) {
    report('FL0203', {
      message:
        known && isOfIstio(String(version))
          ? `${known} is a kind of ${apiVersion}, not of ${quote(version)}`
          : `there is no apiVersion ${quote(version)}`,
      span: parsed.locate(['apiVersion']),
      hint: `this version of Fairlead reads "${apiVersion}"`,
    });
    return known;
  }
  if (known) return known;
  report('FL0202', {
    message: `there is no kind ${quote(kind)}`,
    span: parsed.locate(['kind']),
    hint: kindHint(String(kind)) ?? `the kinds are: ${intentKinds.join(', ')}`,
  });
  return undefined;
}

function kindHint(kind: string): string | undefined {
  return Object.hasOwn(kindsOfOthers, kind) ? kindsOfOthers[kind] : didYouMean(kind, intentKinds);
}
