// The small forms that recur in all kinds: names, hosts, durations, labels. Each says in words what it expects.

/** JSON Schema, draft 07: the draft that editors know best. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** A text of a certain form. `patternErrorMessage` is understood by editors and by our own messages. */
function text(pattern: string, expects: string, more: JsonSchema = {}): JsonSchema {
  return { type: 'string', pattern, patternErrorMessage: expects, ...more };
}

const dnsLabelPattern = '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$';

export const dnsLabel = text(dnsLabelPattern, 'lower-case letters, digits and dashes, at most 63, such as `shoes`');

export const reference = text(
  '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(/[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)?$',
  'a `name` in the same namespace, or `namespace/name`',
);

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
export const exactHost = text(
  `^(${label}\\.)*${label}$`,
  'a lower-case host name without a port, such as `shop.example.com`',
  {
    maxLength: 253,
  },
);
export const host = text(
  `^(\\*|(\\*\\.)?(${label}\\.)*${label})$`,
  'a lower-case host name without a port, such as `shop.example.com`, `*.example.com` or `*`',
  { maxLength: 253 },
);

export const duration = text(
  '^[0-9]{1,7}(ms|s|m|h)$',
  'a whole number with its unit, such as `250ms`, `3s`, `5m` or `24h`',
);

export const percent = text('^[0-9]{1,3}(\\.[0-9]{1,4})?%$', 'a percentage such as `10%` or `0.5%`');

export const absolutePath = text(
  '^/[^\\s]*$',
  'a path that starts with a slash and has no spaces, such as `/api` or `/api/*`',
  { maxLength: 1024 },
);

export const regex: JsonSchema = {
  type: 'string',
  minLength: 1,
  maxLength: 1024,
  description: 'RE2; matches the whole value.',
};

export const httpMethod = text('^[A-Z]+(-[A-Z]+)*$', 'a method in upper case, such as `GET`');

const headerNamePattern = "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$";
export const headerName = text(headerNamePattern, 'a header name such as `x-user`');

export const headerValue = text('^[^\\u0000-\\u0008\\u000a-\\u001f\\u007f]*$', 'a text of one line');

export const portNumber: JsonSchema = { type: 'integer', minimum: 1, maximum: 65535 };

export const labels: JsonSchema = {
  type: 'object',
  propertyNames: text(
    '^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$',
    'a Kubernetes label key such as `app` or `example.com/team`',
  ),
  additionalProperties: text(
    '^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$',
    'a Kubernetes label value: letters, digits, dashes, dots, at most 63',
  ),
};

export function enumeration(words: readonly (string | number)[], more: JsonSchema = {}): JsonSchema {
  return { type: typeof words[0] === 'number' ? 'integer' : 'string', enum: words, ...more };
}

/** An object with these fields and no others. */
export function closed(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
  more: JsonSchema = {},
): JsonSchema {
  return { type: 'object', properties, additionalProperties: false, ...(required.length > 0 && { required }), ...more };
}

/** An object of which exactly one field is given. */
export function oneField(properties: Readonly<Record<string, JsonSchema>>, more: JsonSchema = {}): JsonSchema {
  return closed(properties, [], { minProperties: 1, maxProperties: 1, ...more });
}

/**
 * A text or an object. One `type` list and no `anyOf`: keywords for texts and for objects do not disturb each other,
 * and a mistake gives one error in place of one per branch.
 */
export function textOr(form: JsonSchema, object: JsonSchema): JsonSchema {
  const { type: _text, ...textKeywords } = form;
  const { type: _object, ...objectKeywords } = object;
  return { type: ['string', 'object'], ...textKeywords, ...objectKeywords };
}

export function list(items: JsonSchema, more: JsonSchema = {}): JsonSchema {
  return { type: 'array', items, ...more };
}

export function mapOf(values: JsonSchema, keys: JsonSchema = {}): JsonSchema {
  return { type: 'object', propertyNames: keys, additionalProperties: values };
}
