// Schema of MeshService.
import { serviceDefaults } from '../defaults.ts';
import { envelope } from './envelope.ts';
import { absolutePath, dnsLabel, duration, host, labels, portNumber, reference } from './forms.ts';
import { methods, route, targetFields } from './routes.ts';
import { anyText, closed, defined, enumeration, list, mapOf, oneField, textOr } from './shapes.ts';
import { mtls, portFields } from './shared.ts';

const callers = list(
  oneField({
    service: { ...reference, description: 'The workloads of a MeshService.' },
    namespace: { ...dnsLabel, description: 'Everything in a namespace.' },
    gateway: { ...reference, description: 'A MeshGateway, that is everybody it lets in.' },
    workload: { ...reference, description: 'A MeshWorkload; it has no proxy yet, so this never matches.' },
  }),
  { minItems: 1 },
);

/** AuthorizationPolicy writes patterns into the text, so a star anywhere else cannot be said. */
const literal = anyText({
  minLength: 1,
  pattern: '^[^*{}\\s]+$',
  patternErrorMessage: 'a text without `*`, `{` and `}`',
});

const accessPath = textOr(
  absolutePath,
  oneField(
    {
      prefix: {
        ...literal,
        description: 'What the path begins with; `/api` covers `/apifoo` too.',
        pattern: '^/[^*{}\\s]*$',
        patternErrorMessage: 'a path that starts with a slash, without `*`',
      },
      suffix: { ...literal, description: 'What the path ends with.' },
    },
    { patternsWithoutRegex: true },
  ),
);

const ruleFields = {
  from: { ...callers, description: 'Any of these callers; without it everybody.' },
  methods,
  paths: list(accessPath, {
    minItems: 1,
    description: 'Any of these paths: exact, `/x/*`, or one of prefix and suffix.',
  }),
  ports: list(portNumber, {
    minItems: 1,
    uniqueItems: true,
    description: 'Ports of the service that the rule is for; without it all.',
  }),
};

const access = closed(
  {
    allow: list(closed(ruleFields), { description: 'With this list, even empty, what no rule allows is denied.' }),
    deny: list(
      closed({
        ...ruleFields,
        unless: closed({ from: { ...callers, description: 'Any of these callers.' } }, ['from'], {
          description: 'Whom the rule spares.',
        }),
      }),
      {
        description: 'Denies even what is allowed.',
      },
    ),
  },
  [],
  { description: 'Who may call, and with what.' },
);

/** Exactly one target, and its ports. */
const use = textOr(
  reference,
  closed(
    {
      ...targetFields,
      ports: list(portNumber, { minItems: 1, uniqueItems: true, description: 'Which of its ports; without it all.' }),
    },
    [],
    {
      exactlyOneOf: ['service', 'external', 'workload'],
    },
  ),
);

const expose = closed(
  {
    gateway: { ...reference, description: 'A MeshGateway.' },
    host: { ...host, description: 'One of the hosts it serves.' },
    path: { ...absolutePath, default: serviceDefaults.exposedPath, description: 'Exact, or `/x/*`.' },
    port: { ...portNumber, description: 'Port of the service; by default its first HTTP port.' },
  },
  ['gateway', 'host'],
);

export const meshServiceSchema = envelope(
  'MeshService',
  'A service of the mesh: what it is, how requests reach its versions, who may call it, what it uses.',
  closed(
    {
      ports: list(
        closed({ ...portFields, mtls: { ...mtls, description: 'Overrides the service for this port.' } }, ['port']),
        { minItems: 1, description: 'What callers can dial.' },
      ),
      workload: closed(
        {
          selector: { ...labels, minProperties: 1, description: 'Labels of its pods; by default `app` is its name.' },
          serviceAccount: { ...dnsLabel, description: 'Identity of its pods; by default its name.' },
        },
        [],
        { description: 'Which pods it is.' },
      ),
      versions: {
        ...mapOf({ ...labels, minProperties: 1 }, dnsLabel),
        description: 'Named parts of its instances, by the labels they carry besides the selector.',
      },
      routes: list(defined('route', route), {
        maxItems: 1000,
        description: 'Where requests go. Tried in order; the first that matches wins.',
      }),
      resilience: closed(
        {
          connections: closed(
            {
              connectTimeout: {
                ...duration,
                default: serviceDefaults.connectTimeout,
                description: 'How long a connection may take to come about.',
              },
            },
            [],
            { description: 'Connections of callers to it.' },
          ),
          balance: enumeration(['leastRequest', 'roundRobin', 'random'], {
            default: serviceDefaults.balance,
            description: 'How callers pick an instance.',
          }),
        },
        [],
        { description: 'How callers connect to its instances.' },
      ),
      mtls: { ...mtls, description: 'Overrides the Mesh for this service.' },
      access,
      uses: list(use, { maxItems: 1000, description: 'What it calls; a plain text names a MeshService.' }),
      expose: list(expose, { description: 'Where gateways let the outside in.' }),
    },
    ['ports'],
  ),
  { route },
);
