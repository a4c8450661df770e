// One file to the documents in it: parsed, told apart by apiVersion and kind, checked against their schemas.
// Depends on the text alone, so that its result can be kept as long as the text stays.
import { didYouMean, suggest, type Diagnostic, DiagnosticSink, type Report, type Span } from '../diagnostics/index.ts';
import type { RawObject } from '../model/index.ts';
import type { SourceFile } from '../source/index.ts';
import { clip, type ParsedDocument, parseFile, quote } from '../syntax/index.ts';
import { checkSchema } from './check-schema.ts';
import { serviceDefaults } from './defaults.ts';
import type { IntentDocument } from './document.ts';
import { apiVersion, type IntentKind, intentKinds } from './kinds.ts';
import { brokenSymbol, type IntentSymbol, symbolOf } from './symbols.ts';

/** A document of ours. `document` is absent if it has errors; its name still keeps references to it from dangling. */
export interface ReadDocument {
  readonly kind: IntentKind;
  readonly namespace: string;
  readonly name: string;
  readonly span: Span;
  readonly nameSpan: Span;
  readonly symbol: IntentSymbol | undefined;
  readonly document: IntentDocument | undefined;
}

export interface ReadFile {
  readonly documents: readonly ReadDocument[];
  readonly passthrough: readonly RawObject[];
  readonly diagnostics: readonly Diagnostic[];
}

export function readFile(file: SourceFile): ReadFile {
  const sink = new DiagnosticSink();
  const documents: ReadDocument[] = [];
  const passthrough: RawObject[] = [];
  for (const parsed of parseFile(file, sink.report)) {
    const kind = kindOf(parsed, passthrough, sink.report);
    if (kind) documents.push(readDocument(parsed, kind, sink.report));
  }
  return { documents, passthrough, diagnostics: sink.toSorted() };
}

const ourGroup = 'fairlead.dev/';
const istioGroups = ['networking.istio.io/', 'security.istio.io/', 'telemetry.istio.io/'];

/** The kind of a document of ours; everything else is dealt with here. */
function kindOf(parsed: ParsedDocument, passthrough: RawObject[], report: Report): IntentKind | undefined {
  const { apiVersion: version, kind } = parsed.header;
  if (typeof version !== 'string' || typeof kind !== 'string') {
    if (!parsed.isBroken) reportHeaderless(parsed, report);
    return undefined;
  }
  if (isMeantForUs(version, kind)) return ourKind(parsed, version, kind, report);
  if (parsed.isBroken) return undefined;
  const span = parsed.locate(['kind']);
  if (istioGroups.some((group) => version.startsWith(group))) {
    passthrough.push({ kind: 'RawObject', origin: parsed.span, object: parsed.value as RawObject['object'] });
    report('FL0213', {
      message: `${clip(kind)} ${quote(parsed.header.name ?? '')} of Istio is passed through without being analysed`,
      span,
      hint: 'checks, reviews and tests do not see what it does; say it as intent if you can',
    });
  } else if (holdsOurs(parsed.value)) {
    report('FL0201', {
      message: `intent inside a ${clip(kind)} is not read`,
      span,
      hint: 'write each object as a document of its own, with a line of `---` between two',
    });
  } else {
    report('FL0212', { message: `${clip(kind)} of ${clip(version)} is not intent and is left out`, span });
  }
  return undefined;
}

/** Ours, or nearly: an object that its writer took for intent must not be left out in silence. */
function isMeantForUs(version: string, kind: string): boolean {
  const [group = '', name] = version.split('/');
  if (`${group}/` === ourGroup || (name === undefined && group.includes('fairlead'))) return true;
  const isOurKind = intentKinds.some((known) => known === kind);
  return isOurKind && (name === undefined || suggest(`${group}/`, [ourGroup]) !== undefined);
}

/** `kubectl get -o yaml` prints a List. */
function holdsOurs(value: unknown): boolean {
  const { items } = value as { readonly items?: unknown };
  return Array.isArray(items) && items.some((item) => String(item?.apiVersion).startsWith(ourGroup));
}

function reportHeaderless(parsed: ParsedDocument, report: Report): void {
  const isMapping = typeof parsed.value === 'object' && parsed.value !== null && !Array.isArray(parsed.value);
  const missing = typeof parsed.header.apiVersion === 'string' ? 'kind' : 'apiVersion';
  const near = isMapping ? suggest(missing, Object.keys(parsed.value as object)) : undefined;
  const other = missing === 'kind' ? 'apiVersion' : 'kind';
  const isWritten = near === missing;
  report('FL0201', {
    message: !isMapping
      ? 'the document is not an object'
      : isWritten
        ? `${missing} is not a text`
        : `the document has no ${missing}`,
    span: isMapping ? parsed.locate([near ?? other], { key: !isWritten && near !== undefined }) : parsed.span,
    hint:
      near === undefined || isWritten
        ? `start it with "apiVersion: ${apiVersion}" and a kind, or move it out of the intent folder`
        : `did you mean "${missing}"?`,
  });
}

function ourKind(parsed: ParsedDocument, version: string, kind: string, report: Report): IntentKind | undefined {
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
    hint: didYouMean(kind, intentKinds) ?? `the kinds are: ${intentKinds.join(', ')}`,
  });
  return undefined;
}

function readDocument(parsed: ParsedDocument, kind: IntentKind, report: Report): ReadDocument {
  const { header, span } = parsed;
  const name = typeof header.name === 'string' ? header.name : '';
  const given = typeof header.namespace === 'string' ? header.namespace : serviceDefaults.namespace;
  const namespace = kind === 'Mesh' ? '' : given;
  const base = { kind, namespace, name, span, nameSpan: parsed.locate(['metadata', 'name']) };
  if (parsed.isBroken || !checkSchema(parsed, kind, report)) {
    return { ...base, symbol: brokenSymbol(kind, namespace, name, base.nameSpan), document: undefined };
  }
  const object = parsed.value as IntentDocument['object'];
  const document: IntentDocument = { file: parsed.file, kind, namespace, name, object, span, locate: parsed.locate };
  return { ...base, symbol: symbolOf(document), document };
}
