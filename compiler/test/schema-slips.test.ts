// One mistake of form, one finding at its place that names the cause: indentation, what kubectl makes of YAML, what an API server adds.
import t from 'tap';
import { compile } from '../pipeline.ts';

const head = 'apiVersion: fairlead.dev/v1alpha1\nkind: MeshService\n';
const named = `${head}metadata: { name: a, namespace: shop }\n`;
const service = (spec: string) => `${named}spec:\n  ports: [{ port: 80 }]\n  versions: { v1: { v: "1" } }\n${spec}`;

/** What stands in the file, where the one finding is, and what its message and its hint say. */
const slips: Readonly<Record<string, readonly [text: string, place: string, message: RegExp, hint: RegExp]>> = {
  'a port with a leading zero': [
    `${named}spec:\n  ports: [{ port: 0120 }]\n`,
    'FL0214 5:19',
    /^spec\.ports\[0\]\.port is 0120: 120 to YAML 1\.2, and 80 to YAML 1\.1, which kubectl reads$/,
    /^write 120 or 80 without the leading zero, or "0120" in quotes/,
  ],
  'a number that is not octal': [
    `${named}spec:\n  ports: [{ port: 0089 }]\n`,
    'FL0214 5:19',
    /0089: 89 to YAML 1\.2, and no whole number to YAML 1\.1/,
    /^write 89 without/,
  ],
  'a label with a leading zero': [
    service('').replace('{ name: a', '{ labels: { build: 0120 }, name: a'),
    'FL0214 3:30',
    /labels\.build is 0120/,
    /"0120" in quotes/,
  ],
  'mtls: off, as kubectl sends it': [
    service('  mtls: false\n'),
    'FL0205 7:9',
    /^spec\.mtls is the boolean false/,
    /^one of: strict, permissive, off; quote it: "off" is false to YAML 1\.1, which kubectl reads, without quotes$/,
  ],
  'on:, as kubectl sends it': [
    service('  routes: [{ fault: { abort: { status: 503, true: 5% } } }]\n'),
    'FL0204 7:45',
    /^unknown field "true"/,
    /^quote the word: "on"; without quotes it is true to YAML 1\.1, which kubectl reads$/,
  ],
  'labels that are not indented': [
    `${head}metadata:\n  name: a\n  labels:\n  team: a\n  tier: b\nspec: { ports: [{ port: 80 }] }\n`,
    'FL0205 5:3',
    /^metadata\.labels is empty, and "team", "tier" stand beside it$/,
    /^what belongs under `labels` stands indented below it: indent them$/,
  ],
  'a typing error beside empty labels': [
    `${head}metadata:\n  name: a\n  labels: {}\n  namespaec: shop\nspec: { ports: [{ port: 80 }] }\n`,
    'FL0204 6:3',
    /^unknown field "namespaec"/,
    /namespace/,
  ],
  'a list that is not indented': [
    service('  access:\n    allow:\n    from: [{ service: b }]\n'),
    'FL0205 8:5',
    /^spec\.access\.allow is empty, and "from" stands beside it$/,
    /indent it, as an entry behind a dash$/,
  ],
  'a spec that is not indented': [
    `${named}spec:\nports: [{ port: 80 }]\n`,
    'FL0205 4:1',
    /^spec is empty, and "ports" stands beside it$/,
    /indent it$/,
  ],
  'a level too many': [
    `${named}spec:\n  spec:\n    ports: [{ port: 80 }]\n`,
    'FL0204 5:3',
    /^unknown field "spec" in spec$/,
    /^it stands in spec already: leave one of the two out$/,
  ],
  'an empty spec': [`${named}spec:\n`, 'FL0205 4:1', /^spec is empty/, /^fill it: its fields stand indented below it$/],
  'empty metadata': [
    `${head}metadata:\nspec: { ports: [{ port: 80 }] }\n`,
    'FL0205 3:1',
    /^metadata is empty/,
    /^fill it: its fields stand indented below it$/,
  ],
  'empty access': [service('  access:\n'), 'FL0205 7:3', /^spec\.access is empty/, /or leave it out$/],
  'a version as a destination': [
    service('  routes: [{ to: [v1] }]\n'),
    'FL0205 7:19',
    /is the text "v1"/,
    /^write { version: v1 }$/,
  ],
  'a version in place of destinations': [
    service('  routes: [{ to: v1 }]\n'),
    'FL0205 7:18',
    /is the text "v1"/,
    /^write a list: \[{ version: v1 }\]$/,
  ],
  'no blank after a colon, in braces': [
    `${named}spec:\n  ports: [{ name: http, port:80 }]\n`,
    'FL0204 5:25',
    /^a blank is missing after the colon of "port:80" in spec\.ports\[0\]$/,
    /^write port: 80$/,
  ],
  'no blank after a colon, of a label': [
    `${head}metadata: { name: a, labels: { team:a } }\nspec: { ports: [{ port: 80 }] }\n`,
    'FL0204 3:32',
    /^a blank is missing after the colon of "team:a" in metadata\.labels$/,
    /^write team: a$/,
  ],
  'no blank after a colon, in a list': [
    `${named}spec:\n  ports:\n    - port:80\n`,
    'FL0205 6:7',
    /^spec\.ports\[0\]: a blank is missing after the colon of "port:80"$/,
    /^write port: 80$/,
  ],
  'no blank after a colon, alone': [
    service('  access:\n    allow:[]\n'),
    'FL0205 8:5',
    /^spec\.access: a blank is missing after the colon of "allow:\[\]"$/,
    /^write allow: \[\]$/,
  ],
  'the output of kubectl get': [
    `${head}metadata:\n  name: a\n  namespace: shop\n  uid: x\n  resourceVersion: "1"\n  creationTimestamp: "2026-01-01T00:00:00Z"\n  generation: 1\n  managedFields: []\n  selfLink: /x\n  ownerReferences: []\nspec: { ports: [{ port: 80 }] }\nstatus: {}\n`,
    'FL0204 6:3',
    /^metadata\.uid, metadata\.resourceVersion, .*, status are what an API server adds to an object$/,
    /^leave them out of intent$/,
  ],
};

for (const [name, [text, place, message, hint]] of Object.entries(slips)) {
  t.test(name, (t) => {
    const { diagnostics } = compile({ label: 'test', files: [{ path: 'a.yaml', text }], diagnostics: [] });
    t.same(
      diagnostics.map(({ code, span }) => `${code} ${span?.start.line}:${span?.start.column}`),
      [place],
      diagnostics.map((one) => one.message).join('; '),
    );
    t.match(diagnostics[0]?.message, message);
    t.match(diagnostics[0]?.hint, hint);
    t.end();
  });
}

t.test('numbers with a leading zero in quotes, and zero itself, are what they seem', (t) => {
  const text = service(
    '  routes: [{ match: { headers: { x-a: "0120" } }, fault: { abort: { status: 503, on: 0% } } }]\n',
  );
  const { diagnostics } = compile({ label: 'test', files: [{ path: 'a.yaml', text }], diagnostics: [] });
  t.notOk(diagnostics.some(({ code }) => code === 'FL0214'));
  t.end();
});
