// The words for each way in which a document can miss its schema.
import { type DiagnosticDetail, didYouMean, type KnownCode, type Report } from '../diagnostics/index.ts';
import {
  type Glued,
  gluedHint,
  type ParsedDocument,
  quote,
  templateHint,
  templateInValue,
  unseenHint,
} from '../syntax/index.ts';
import { fieldsOf, flagMeant, ownerOf, wordFor } from './schema-fields.ts';
import { Place, pathName, type SchemaFinding } from './schema-finding.ts';
import { hintForForm } from './schema-hints.ts';
import { typeHint } from './schema-values.ts';

export function reportSchemaError(finding: SchemaFinding, document: ParsedDocument, report: Report): void {
  const [code, detail] = describeFinding(finding, new Place(finding, document));
  const written = finding.params.additionalProperty ?? finding.propertyName ?? finding.data;
  const unseen = typeof written === 'string' ? unseenHint(written) : undefined;
  // What a value of another type may have been meant to be is not told from a text that holds what nobody sees.
  const isUseful = detail.hint !== undefined && finding.keyword !== 'type';
  report(code, unseen === undefined || isUseful ? detail : { ...detail, hint: unseen });
}

/** `finding` is about a value that a template was to fill. */
export function reportTemplate(finding: SchemaFinding, document: ParsedDocument, report: Report): void {
  const place = new Place(finding, document);
  report('FL0120', {
    message: `${place.name} is a template: ${quote(templateInValue(finding.data))}`,
    span: place.value(),
    hint: templateHint,
  });
}

type Finding = readonly [KnownCode, DiagnosticDetail];

function describeFinding(finding: SchemaFinding, place: Place): Finding {
  if (finding.glued) return missingBlank(finding, finding.glued, place);
  switch (finding.keyword) {
    case 'additionalProperties':
      return unknownField(finding, place);
    case 'type':
      return wrongType(finding, place);
    case 'required': {
      const field = String(finding.params.missingProperty);
      return [
        'FL0206',
        { message: `${place.name} has no "${field}"`, span: place.keyOrValue(), hint: `add \`${field}\`` },
      ];
    }
    case 'atLeastOneOf': {
      const fields = [finding.schema].flat().join(', ');
      return [
        'FL0206',
        { message: `${place.name} has none of ${fields}`, span: place.value(), hint: 'add one of them' },
      ];
    }
    case 'enum':
    case 'const':
      return unknownValue(finding, place);
    case 'pattern':
    case 'minLength':
    case 'maxLength':
      return malformed(finding, place);
    case 'minProperties':
    case 'maxProperties':
    case 'exactlyOneOf':
    case 'exclusiveFields':
      return fieldCount(finding, place);
    default:
      return ['FL0209', { message: rangeMessage(finding, place.name), span: place.entryOrValue() }];
  }
}

function missingBlank(finding: SchemaFinding, glued: Glued, place: Place): Finding {
  const key = finding.propertyName ?? finding.params.additionalProperty;
  const isKey = typeof key === 'string';
  const message = `a blank is missing after the colon of ${quote(isKey ? key : finding.data)}`;
  return [
    isKey ? 'FL0204' : 'FL0205',
    {
      message: isKey ? `${message} in ${place.name}` : `${place.name}: ${message}`,
      span: isKey ? place.key(key) : place.value(),
      hint: gluedHint(glued),
    },
  ];
}

function unknownField(finding: SchemaFinding, place: Place): Finding {
  const field = String(finding.params.additionalProperty);
  const span = place.key(field);
  const { added, path } = finding;
  if (added) {
    const [are, them] = added.length === 1 ? ['is what', 'it'] : ['are what', 'them'];
    return [
      'FL0204',
      {
        message: `${added.join(', ')} ${are} an API server adds to an object`,
        span,
        hint: `leave ${them} out of intent`,
      },
    ];
  }
  if (field === 'regex' && finding.parent.patternsWithoutRegex === true) {
    return [
      'FL0211',
      {
        message: 'an access rule cannot match a path by regular expression: Istio has no way to express it',
        span,
        hint: 'use exact paths, `/x/*`, `{ prefix: … }` or `{ suffix: … }`',
      },
    ];
  }
  const known = fieldsOf(finding.parent);
  return [
    'FL0204',
    {
      message: `unknown field ${quote(field)} in ${place.name}`,
      span,
      hint: fieldHint(field, path, finding.parent) ?? `allowed here: ${known.join(', ')}`,
    },
  ];
}

function fieldHint(field: string, path: readonly string[], parent: SchemaFinding['parent']): string | undefined {
  const known = fieldsOf(parent);
  const word = wordFor(field, known);
  if (word) return word.hint;
  const flag = flagMeant(field, known);
  if (flag !== undefined)
    return `quote the word: "${flag}"; without quotes it is ${field} to YAML 1.1, which kubectl reads`;
  // Of `spec` and `metadata`: a double negation is another thing.
  if (path.length === 1 && field === path[0]) return `it stands in ${pathName(path)} already: leave one of the two out`;
  const owner = ownerOf(field, parent);
  if (owner) return `it belongs one level deeper, under \`${owner}\``;
  if (field === 'exact' && known.includes('prefix')) return 'write the text itself: a plain text is exact';
  return didYouMean(field, known);
}

function wrongType(finding: SchemaFinding, place: Place): Finding {
  const { beside, path } = finding;
  if (beside) {
    const owner = path.at(-1);
    const entry = [finding.schema].flat().includes('array') ? ', as an entry behind a dash' : '';
    const [stands, them] = beside.length === 1 ? ['stands', 'it'] : ['stand', 'them'];
    return [
      'FL0205',
      {
        message: `${place.name} is empty, and ${beside.map(quote).join(', ')} ${stands} beside it`,
        span: place.value(),
        hint: `what belongs under \`${owner}\` stands indented below it: indent ${them}${entry}`,
      },
    ];
  }
  const expected = [finding.schema].flat().map((type) => typeNames[String(type)] ?? String(type));
  return [
    'FL0205',
    {
      message: `${place.name} is ${describe(finding.data)}, expected ${expected.join(' or ')}`,
      span: finding.propertyName === undefined ? place.value() : place.key(finding.propertyName),
      hint: typeHint({ ...finding, versions: place.versions }, () => place.text()),
    },
  ];
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  object: 'a mapping',
  array: 'a list',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? `the text ${quote(value)}` : `the ${typeof value} ${String(value)}`;
}

function unknownValue(finding: SchemaFinding, place: Place): Finding {
  const allowed = (Array.isArray(finding.schema) ? finding.schema : [finding.schema]).map(String);
  return [
    'FL0207',
    {
      message: `${quote(finding.data)} is not a value of ${place.name}`,
      span: place.value(),
      hint:
        didYouMean(String(finding.data), allowed) ??
        String(finding.parent.enumErrorMessage ?? `one of: ${allowed.join(', ')}`),
    },
  ];
}

function malformed(finding: SchemaFinding, place: Place): Finding {
  const { propertyName } = finding;
  const subject = propertyName === undefined ? place.name : `the key ${quote(propertyName)} in ${place.name}`;
  const value = propertyName === undefined ? ` ${quote(finding.data)}` : '';
  return [
    'FL0208',
    {
      message: `${subject}${value} must be ${expectedForm(finding)}`,
      span: propertyName === undefined ? place.value() : place.key(propertyName),
      hint: hintForForm(finding.schema, propertyName ?? finding.data, finding.parent),
    },
  ];
}

function expectedForm(finding: SchemaFinding): string {
  if (finding.keyword === 'minLength') return 'a text that is not empty';
  if (finding.keyword === 'maxLength') return `at most ${String(finding.schema)} characters long`;
  return String(finding.parent.patternErrorMessage ?? `of the form ${String(finding.schema)}`);
}

function fieldCount(finding: SchemaFinding, place: Place): Finding {
  const { parent, keyword } = finding;
  const isChoice = keyword === 'exactlyOneOf' || keyword === 'exclusiveFields' || parent.maxProperties === 1;
  if (keyword === 'maxProperties' && !isChoice) {
    const count = Object.keys((finding.data as object | null) ?? {}).length;
    return [
      'FL0209',
      {
        message: `${place.name} has ${count} entries, the most is ${String(finding.schema)}`,
        span: place.keyOrValue(),
      },
    ];
  }
  if (!isChoice)
    return [
      'FL0209',
      {
        message: `${place.name} is empty`,
        span: place.keyOrValue(),
        hint: finding.isRequired ? 'fill it' : 'fill it, or leave it out',
      },
    ];
  const fields = Array.isArray(finding.schema)
    ? finding.schema
    : Object.keys((parent.properties as object | undefined) ?? {});
  const given = Object.keys((finding.data as object | null) ?? {}).filter((field) => fields.includes(field));
  const count = keyword === 'exclusiveFields' ? 'at most one' : 'exactly one';
  return [
    'FL0210',
    {
      message: `${place.name} needs ${count} of ${fields.join(', ')}; it has ${given.length === 0 ? 'none' : given.join(' and ')}`,
      span: place.value(),
    },
  ];
}

function rangeMessage({ keyword, params, data, schema }: SchemaFinding, name: string): string {
  const limit = String(params.limit);
  switch (keyword) {
    case 'minimum':
      return `${name} is ${String(data)}, the least is ${limit}`;
    case 'maximum':
      return `${name} is ${String(data)}, the most is ${limit}`;
    case 'maxDuration':
      return `${name} is ${String(data)}, the most is ${String(schema)}`;
    case 'minItems':
      return `${name} must have at least ${limit} ${limit === '1' ? 'entry' : 'entries'}`;
    case 'maxItems':
      return `${name} has ${Array.isArray(data) ? data.length : 'too many'} entries, the most is ${limit}`;
    case 'uniqueItems':
      return `${name} lists ${quote(Array.isArray(data) ? data[Number(params.i)] : '')} twice`;
    default:
      return `${name} does not fit: ${keyword}`;
  }
}
