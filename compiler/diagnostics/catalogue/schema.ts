// Codes FL02..: ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';
import { document, intent, service, shoes } from './examples.ts';

const foreign = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: notes }\ndata: {}\n';
const virtualService = 'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: old }\nspec: {}\n';

export const schemaCodes = [
  {
    code: 'FL0201',
    name: 'not-an-object',
    severity: 'error',
    title: 'a document does not say what it is',
    explanation:
      'Every document is a mapping with `apiVersion` and `kind`, as in Kubernetes. Without them nobody knows which rules it follows. ' +
      'Files that are not objects belong outside the intent folder.',
    bad: intent('spec: {}\n', service('shoes')),
    good: intent(service('shoes')),
  },
  {
    code: 'FL0202',
    name: 'unknown-kind',
    severity: 'error',
    title: 'the kind does not exist',
    explanation:
      'The document belongs to fairlead.dev but its kind is none of its kinds. `fairlead schema` lists them.',
    bad: intent(document('MeshServise', 'shoes', 'ports: [{ port: 80 }]')),
    good: intent(document('MeshService', 'shoes', 'ports: [{ port: 80 }]')),
  },
  {
    code: 'FL0203',
    name: 'unknown-api-version',
    severity: 'error',
    title: 'the version of the language does not exist',
    explanation:
      'This Fairlead reads `fairlead.dev/v1alpha1`. A document of another version may mean something else by the same words, so it is not guessed at.',
    bad: intent(service('shoes').replace('v1alpha1', 'v1')),
    good: intent(service('shoes')),
  },
  {
    code: 'FL0204',
    name: 'unknown-field',
    severity: 'error',
    title: 'a field does not exist',
    explanation:
      'An unknown field would do nothing while its author believes it does. The hint names the field that was probably meant, or those that exist there.',
    bad: intent(shoes('routes: [{ timeut: 3s }]')),
    good: intent(shoes('routes: [{ timeout: 3s }]')),
  },
  {
    code: 'FL0205',
    name: 'wrong-type',
    severity: 'error',
    title: 'a value has the wrong type',
    explanation:
      'A list stands where a text is expected, a number where a mapping is, and so on. Mind that `true`, `1` and `~` are not texts in YAML: quote them where a text is meant.',
    bad: intent(shoes('routes: [{ match: { headers: { x-beta: true } } }]')),
    good: intent(shoes('routes: [{ match: { headers: { x-beta: "true" } } }]')),
  },
  {
    code: 'FL0206',
    name: 'missing-field',
    severity: 'error',
    title: 'a field is missing',
    explanation:
      'The object cannot be understood without it. The message names the field; `fairlead schema KIND` describes it.',
    bad: intent(shoes('ports: [{ name: http }]')),
    good: intent(shoes('ports: [{ name: http, port: 80 }]')),
  },
  {
    code: 'FL0207',
    name: 'unknown-value',
    severity: 'error',
    title: 'a value is none of those allowed',
    explanation: 'The field takes one of a few words. The hint names the one that was probably meant, or all of them.',
    bad: intent(shoes('mtls: strickt')),
    good: intent(shoes('mtls: strict')),
  },
  {
    code: 'FL0208',
    name: 'malformed-value',
    severity: 'error',
    title: 'a text does not have the form it needs',
    explanation:
      'Units are always written (`250ms`, `3s`, `10%`), names are DNS labels, hosts are lower-case, paths start with a slash. The message says which form is expected.',
    bad: intent(shoes('routes: [{ timeout: 3 seconds }]')),
    good: intent(shoes('routes: [{ timeout: 3s }]')),
  },
  {
    code: 'FL0209',
    name: 'out-of-range',
    severity: 'error',
    title: 'a number is out of range, or a list or mapping has too few entries or one of them twice',
    explanation:
      'Ports go from 1 to 65535, weights from 0 to 100, statuses from 200 to 599. A list that must name something cannot be empty.',
    bad: intent(shoes('ports: [{ port: 80000 }]')),
    good: intent(shoes('ports: [{ port: 8000 }]')),
  },
  {
    code: 'FL0210',
    name: 'exactly-one',
    severity: 'error',
    title: 'exactly one of several fields must be given',
    explanation:
      'The fields are alternatives: a caller is a service, a namespace, a gateway or a workload. To name several, write several list entries.',
    bad: intent(shoes('access: { allow: [{ from: [{ service: hats, namespace: shop }] }] }'), service('hats')),
    good: intent(shoes('access: { allow: [{ from: [{ service: hats }, { namespace: shop }] }] }'), service('hats')),
  },
  {
    code: 'FL0211',
    name: 'access-regex',
    severity: 'error',
    title: 'an access rule cannot use a regular expression',
    explanation:
      'AuthorizationPolicy of Istio knows exact, prefix and suffix matches of paths and no regular expressions. A rule that only one back end could keep would be a hole in the other.',
    bad: intent(shoes('access: { allow: [{ paths: [{ regex: "/v[12]/.*" }] }] }')),
    good: intent(shoes('access: { allow: [{ paths: [/v1/*, /v2/*] }] }')),
  },
  {
    code: 'FL0212',
    name: 'foreign-object',
    severity: 'info',
    title: 'a Kubernetes object that is not intent is left out',
    explanation: 'Objects of other API groups may stand beside the intent. Fairlead neither reads nor deploys them.',
    bad: intent(service('shoes'), foreign),
    good: intent(service('shoes')),
  },
  {
    code: 'FL0213',
    name: 'istio-passthrough',
    severity: 'warning',
    title: 'an Istio object is passed through without being analysed',
    explanation:
      'Raw Istio objects beside the intent reach the compiled output untouched. This version does not take them into account in checks, reviews and tests, ' +
      'so what they open or break is not seen. Move what they say into intent where it can be said there.',
    bad: intent(service('shoes'), virtualService),
    good: intent(service('shoes')),
  },
  {
    code: 'FL0214',
    name: 'leading-zero',
    severity: 'error',
    title: 'a number with a leading zero is two numbers',
    explanation:
      'To YAML 1.2, which Fairlead reads, 0120 is 120; to YAML 1.1, which kubectl and most tools of Kubernetes read, it is octal, so 80. ' +
      'The same file would be another mesh when it is applied. Write the number without the zero, or quote it where a text is meant.',
    bad: intent(document('MeshService', 'shoes', 'ports: [{ port: 0120 }]')),
    good: intent(document('MeshService', 'shoes', 'ports: [{ port: 120 }]')),
  },
] as const satisfies readonly CatalogueEntry[];
