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
import { retriesWith } from './shared.ts';

const begin = anyText({ minLength: 1, maxLength: 1024, description: 'What the value begins with.' });
const end = anyText({ minLength: 1, maxLength: 1024, description: 'What the value ends with.' });

const path = textOr(
  absolutePath,
  oneField(
    {
      prefix: { ...absolutePath, description: 'What the path begins with; `/api` covers `/apifoo` too.' },
      suffix: { ...end, description: 'What the path ends with.' },
      regex,
    },
    {
      description: 'Exact; `/x/*` for /x and all below it; or one of prefix, suffix and regex.',
    },
  ),
);

/** A request with more than 100 headers is refused, and callers send some of their own. */
const maxHeaders = 32;

/** Of a header or a query parameter. */
const wholeValue = anyText({ maxLength: 1024 });

const headerPattern = textOr(
  wholeValue,
  oneField({
    prefix: begin,
    suffix: end,
    regex,
    present: flag({ description: 'true: with any value; false: absent.' }),
    not: {
      ...textOr(wholeValue, oneField({ prefix: begin, suffix: end, regex })),
      description: 'Anything but this, also absent.',
    },
  }),
);

/** Envoy's routes know no `not` for a query parameter, and cannot ask that it be absent. */
const queryPattern = textOr(
  wholeValue,
  oneField({ prefix: begin, suffix: end, regex, present: onlyTrue({ description: 'With any value.' }) }),
);

const queryName = text('^[^&=#\\s\\u0080-\\uffff]+$', 'the name of a query parameter, as it is sent', {
  maxLength: 256,
});

/** A misspelt method is told; one that no standard has is written so that it cannot be taken for a misspelt one. */
const extension = { ...httpMethod, description: 'A method that proxies take over HTTP/2 only.' };
const method = textOr(httpMethod, oneField({ extension }));

export const methods = list(method, {
  minItems: 1,
  uniqueItems: true,
  description: 'Any of these methods; `{ extension: NAME }` for one that proxies take over HTTP/2 only.',
});

const match = closed(
  {
    path,
    methods,
    headers: {
      ...mapOf(headerPattern, headerName),
      maxProperties: maxHeaders,
      description: 'All of these headers. A plain text is exact.',
    },
    query: {
      ...mapOf(queryPattern, queryName),
      maxProperties: maxHeaders,
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
    weight: integer({
      minimum: 0,
      maximum: 100,
      description: 'Percent of the requests; all together 100. Without any the split is even.',
    }),
  },
  [],
  oneTarget,
);

const redirect = closed(
  {
    path: { ...absolutePath, description: 'Replaces the whole path; the query stays. Without it the path stays.' },
    host: { ...exactHost, description: 'Without it the host stays.' },
    scheme: enumeration(['http', 'https'], {
      description: 'Without it the scheme stays (that of `x-forwarded-proto`).',
    }),
    port: { ...portNumber, description: 'Without it the port stays; beside `host` there is none.' },
    status: enumeration([301, 302, 303, 307, 308], {
      default: serviceDefaults.redirectStatus,
      description: 'Status of the answer.',
    }),
  },
  [],
  { atLeastOneOf: ['path', 'host', 'scheme', 'port'], description: 'Answers with a redirect and forwards nothing.' },
);

const on = { ...percent, default: serviceDefaults.percent, description: 'Share of the requests.' };

const fault = closed(
  {
    delay: closed({ for: { ...duration, description: 'How long.' }, on }, ['for'], {
      description: 'Holds requests back before they are forwarded.',
    }),
    abort: closed(
      { status: integer({ minimum: 200, maximum: 599, description: 'Status of the answer.' }), on },
      ['status'],
      { description: 'Answers at once, after the delay if there is one.' },
    ),
  },
  [],
  { minProperties: 1, description: 'Delays or fails requests on purpose.' },
);

const origin = textOr(
  text(
    '^(\\*|null|[a-z][a-z0-9+.-]*://[^/*\\s]+)$',
    'an origin such as `https://shop.example.com`, or `*`, or `{ suffix: .example.com }` for all below a domain',
  ),
  oneField({ prefix: begin, suffix: end, regex }),
);

const headerNames = list(headerName, { minItems: 1, uniqueItems: true });

const cors = closed(
  {
    origins: list(origin, { minItems: 1, description: 'Websites whose scripts may read the answers.' }),
    methods: list(httpMethod, { minItems: 1, uniqueItems: true, description: 'What a preflight is told is allowed.' }),
    allowHeaders: { ...headerNames, description: 'Request headers that a preflight is told are allowed.' },
    exposeHeaders: { ...headerNames, description: 'Response headers that scripts may read.' },
    credentials: flag({ default: false, description: 'Lets browsers send cookies and the like.' }),
    maxAge: { ...duration, description: 'How long browsers may keep the answer of a preflight.' },
  },
  ['origins'],
  { description: 'Lets scripts of other websites call; preflights are answered by the proxy.' },
);

const headerValues = { ...mapOf(headerValue, headerName), maxProperties: maxHeaders };

function headerEdit(description: string) {
  return closed(
    {
      set: { ...headerValues, description: 'Replaces what is there.' },
      add: { ...headerValues, description: 'Appends to what is there.' },
      remove: { ...headerNames, description: 'Takes away; comes last.' },
    },
    [],
    { minProperties: 1, description },
  );
}

export const route = closed(
  {
    name: { ...dnsLabel, description: 'Shown in access logs; without it the number of the route is.' },
    match: oneOrMore(match, { description: 'When the route applies; a list holds alternatives.' }),
    to: list(destination, { minItems: 1, description: 'Where requests go; without it to the service itself.' }),
    redirect,
    rewrite: closed(
      {
        path: {
          ...absolutePath,
          description:
            'Replaces what the match asks of the path: that part of `/x/*` or a prefix, else the whole; without a path in the match, the first slash. The query stays.',
        },
        host: { ...exactHost, description: 'Host that the service is told.' },
      },
      [],
      { minProperties: 1, description: 'Changes the path or host before forwarding.' },
    ),
    timeout: {
      ...duration,
      description: 'Limit of the whole request; 0s for no limit. By default as the Mesh has it.',
    },
    retries: retriesWith('How often a failed request is tried again.'),
    fault,
    mirror: list(
      closed({ to: closed(destinationFields, [], { ...oneTarget, description: 'Where copies go.' }), on }, ['to']),
      {
        minItems: 1,
        description: 'Sends copies whose answers are thrown away.',
      },
    ),
    cors,
    headers: closed(
      {
        request: headerEdit('Of the request, before it is forwarded.'),
        response: headerEdit('Of the answer, on its way back.'),
      },
      [],
      { minProperties: 1, description: 'Changes headers.' },
    ),
  },
  [],
  { description: 'Routes are tried in order; the first that matches wins.' },
);
