// Schema of the routes of a MeshService.
import { serviceDefaults } from '../defaults.ts';
import {
  absolutePath,
  dnsLabel,
  duration,
  exactHost,
  headerName,
  headerValue,
  httpMethod,
  percent,
  portNumber,
  reference,
  regex,
} from './forms.ts';
import type { JsonSchema } from './schema-type.ts';
import {
  anyText,
  closed,
  enumeration,
  flag,
  integer,
  list,
  mapOf,
  oneField,
  oneOrMore,
  onlyTrue,
  text,
  textOr,
} from './shapes.ts';
import { retries } from './shared.ts';

const someText = anyText({ minLength: 1 });

const path = textOr(
  absolutePath,
  oneField(
    { prefix: absolutePath, suffix: someText, regex },
    {
      description: 'Exact; `/x/*` for /x and all below it; or one of prefix, suffix and regex.',
    },
  ),
);

const headerPattern = textOr(
  anyText(),
  oneField({
    prefix: someText,
    suffix: someText,
    regex,
    present: flag({ description: 'true: with any value; false: absent.' }),
    not: textOr(anyText(), oneField({ prefix: someText, suffix: someText, regex })),
  }),
);

/** Envoy's routes know no `not` for a query parameter, and cannot ask that it be absent. */
const queryPattern = textOr(
  anyText(),
  oneField({ prefix: someText, suffix: someText, regex, present: onlyTrue({ description: 'With any value.' }) }),
);

const queryName = text('^[^&=#\\s\\u0080-\\uffff]+$', 'the name of a query parameter, as it is sent');

/** A misspelt method is told; one that no standard has is written so that it cannot be taken for a misspelt one. */
const method = textOr(httpMethod, oneField({ extension: httpMethod }));

export const methods = list(method, {
  minItems: 1,
  uniqueItems: true,
  description: 'Any of these methods; `{ extension: NAME }` for one that proxies take over HTTP/2 only.',
});

const match = closed(
  {
    path,
    methods,
    headers: { ...mapOf(headerPattern, headerName), description: 'All of these headers. A plain text is exact.' },
    query: {
      ...mapOf(queryPattern, queryName),
      description: 'All of these query parameters, escapes as they are sent. A plain text is exact.',
    },
  },
  [],
  { minProperties: 1 },
);

export const targetFields = {
  service: { ...reference, description: 'A MeshService.' },
  external: { ...reference, description: 'An ExternalService.' },
  workload: { ...reference, description: 'A MeshWorkload.' },
};

const destinationFields = {
  version: { ...dnsLabel, description: 'A version of the service; without it all of them.' },
  ...targetFields,
  port: { ...portNumber, description: 'The port to send to, if it is not clear.' },
};

/** At most one of the targets: none means the service itself. */
const oneTarget: JsonSchema = { exclusiveFields: ['service', 'external', 'workload'] };

const destination = closed(
  {
    ...destinationFields,
    weight: integer({ minimum: 0, maximum: 100, description: 'Percent of the requests.' }),
  },
  [],
  oneTarget,
);

const redirect = closed(
  {
    path: { ...absolutePath, description: 'Replaces the whole path.' },
    host: exactHost,
    scheme: enumeration(['http', 'https']),
    port: portNumber,
    status: enumeration([301, 302, 303, 307, 308], { default: serviceDefaults.redirectStatus }),
  },
  [],
  { atLeastOneOf: ['path', 'host', 'scheme', 'port'], description: 'Answers with a redirect and forwards nothing.' },
);

const on = { ...percent, default: serviceDefaults.percent, description: 'Share of the requests.' };

const fault = closed(
  {
    delay: closed({ for: duration, on }, ['for']),
    abort: closed({ status: integer({ minimum: 200, maximum: 599 }), on }, ['status']),
  },
  [],
  { minProperties: 1, description: 'Delays or fails requests on purpose.' },
);

const origin = textOr(
  text(
    '^(\\*|null|[a-z][a-z0-9+.-]*://[^/*\\s]+)$',
    'an origin such as `https://shop.example.com`, or `*`, or `{ suffix: .example.com }` for all below a domain',
  ),
  oneField({ prefix: someText, suffix: someText, regex }),
);

const headerNames = list(headerName, { minItems: 1, uniqueItems: true });

const cors = closed(
  {
    origins: list(origin, { minItems: 1 }),
    methods: list(httpMethod, { minItems: 1, uniqueItems: true, description: 'Any of these methods.' }),
    allowHeaders: headerNames,
    exposeHeaders: headerNames,
    credentials: flag({ default: false }),
    maxAge: { ...duration, description: 'How long browsers may keep the answer of a preflight.' },
  },
  ['origins'],
);

const headerEdit = closed(
  { set: mapOf(headerValue, headerName), add: mapOf(headerValue, headerName), remove: headerNames },
  [],
  { minProperties: 1 },
);

export const route = closed(
  {
    name: { ...dnsLabel, description: 'Shown in access logs; without it the number of the route is.' },
    match: oneOrMore(match, { description: 'When the route applies; a list holds alternatives.' }),
    to: list(destination, { minItems: 1, description: 'Where requests go; without it to the service itself.' }),
    redirect,
    rewrite: closed({ path: absolutePath, host: exactHost }, [], {
      minProperties: 1,
      description: 'Changes the path or host before forwarding.',
    }),
    timeout: { ...duration, description: 'Limit of the whole request; 0s for no limit.' },
    retries,
    fault,
    mirror: list(closed({ to: closed(destinationFields, [], oneTarget), on }, ['to']), {
      minItems: 1,
      description: 'Sends copies whose answers are thrown away.',
    }),
    cors,
    headers: closed({ request: headerEdit, response: headerEdit }, [], { minProperties: 1 }),
  },
  [],
  { description: 'Routes are tried in order; the first that matches wins.' },
);
