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
    workload: { ...reference, description: 'A MeshWorkload.' },
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
        pattern: '^/[^*{}\\s]*$',
        patternErrorMessage: 'a path that starts with a slash, without `*`',
      },
      suffix: literal,
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

const access = closed({
  allow: list(closed(ruleFields), { description: 'With this list, even empty, what no rule allows is denied.' }),
  deny: list(closed({ ...ruleFields, unless: closed({ from: callers }, ['from']) }), {
    description: 'Denies even what is allowed.',
  }),
});

/** Exactly one target, and its ports. */
const use = textOr(
  reference,
  closed({ ...targetFields, ports: list(portNumber, { minItems: 1, uniqueItems: true }) }, [], {
    exactlyOneOf: ['service', 'external', 'workload'],
  }),
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
      ports: list(closed({ ...portFields, mtls }, ['port']), { minItems: 1 }),
      workload: closed({
        selector: { ...labels, minProperties: 1, description: 'Labels of its pods; by default `app` is its name.' },
        serviceAccount: { ...dnsLabel, description: 'Identity of its pods; by default its name.' },
      }),
      versions: {
        ...mapOf({ ...labels, minProperties: 1 }, dnsLabel),
        description: 'Named parts of its instances, by the labels they carry besides the selector.',
      },
      routes: list(defined('route', route), { maxItems: 1000 }),
      resilience: closed({
        connections: closed({ connectTimeout: { ...duration, default: serviceDefaults.connectTimeout } }),
        balance: enumeration(['leastRequest', 'roundRobin', 'random'], { default: serviceDefaults.balance }),
      }),
      mtls: { ...mtls, description: 'Overrides the Mesh for this service.' },
      access,
      uses: list(use, { maxItems: 1000, description: 'What it calls; a plain text names a MeshService.' }),
      expose: list(expose, { description: 'Where gateways let the outside in.' }),
    },
    ['ports'],
  ),
  { route },
);
