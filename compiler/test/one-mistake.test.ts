// C4: one mistake, one finding that names its cause, and nothing about what only follows from it.
import t from 'tap';
import { loadDirectory } from '../source/index.ts';
import { compile, createCompiler } from '../pipeline.ts';

const shoes = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata:
  name: shoes
  namespace: shop
  labels:
    team: a
spec:
  ports:
    - name: http
      port: 80
  routes:
    - name: a
      match:
        path: /a
      timeout: 3s
`;
const boots = shoes.replaceAll('shoes', 'boots');
/** Refers to both by every kind of reference that there is to a service. */
const user = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: user, namespace: shop }
spec:
  ports: [{ port: 80 }]
  uses: [shoes]
  routes: [{ match: { path: /x }, to: [{ service: shoes }] }]
  access: { deny: [{ from: [{ service: shoes }], paths: [/y] }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshTest
metadata: { name: user, namespace: shop }
spec: { cases: [{ from: shoes, request: GET http://user/, expect: { service: user } }] }
`;

const inner = '      timeout: 3s\n';
const conflict = (ours: string, theirs: string) => `<<<<<<< HEAD\n${ours}=======\n${theirs}>>>>>>> feature\n`;
const flow = (port: string, end = '}') =>
  `{"apiVersion": "fairlead.dev/v1alpha1", "kind": "MeshService",\n"metadata": {"name": "shoes", "namespace": "shop"},\n"spec": {"ports": [{"port": ${port}}]}${end}\n`;

/** What the file of `shoes` holds, the code that it gives, and where. */
const mistakes: Readonly<Record<string, readonly [text: string, code: string, place: string]>> = {
  'all tabs': [shoes.replaceAll('  ', '\t'), 'FL0118', '4:1'],
  'one tab': [shoes.replace('      timeout', '\ttimeout'), 'FL0118', '16:1'],
  'tabs in two documents': [`${shoes}---\n${boots}`.replaceAll('  ', '\t'), 'FL0118', '4:1'],
  'no-break spaces': [shoes.replaceAll('  ', '\u00a0\u00a0'), 'FL0118', '4:2'],
  'a conflict of values': [shoes.replace(inner, conflict(inner, inner.replace('3', '4'))), 'FL0119', '16:1'],
  'a conflict of names': [
    shoes.replace('  name: shoes\n', conflict('  name: shoes\n', '  name: x\n')),
    'FL0119',
    '4:1',
  ],
  'a conflict of files': [conflict(shoes, boots), 'FL0119', '1:1'],
  'a conflict with its base': [
    `${boots}---\n${conflict(shoes, shoes).replace('=======', '||||||| base\n=======')}`,
    'FL0119',
    '18:1',
  ],
  'conflicts with CRLF': [
    `${conflict(shoes, boots)}---\n${conflict(boots, shoes)}`.replaceAll('\n', '\r\n'),
    'FL0119',
    '1:1',
  ],
  'a conflict in flow': [flow(`\n${conflict('80\n', '81\n')}`), 'FL0119', '4:1'],
  'a marker left over': [shoes.replace(inner, `=======\n${inner}`), 'FL0119', '16:1'],
  Helm: [
    shoes
      .replace(': 80', ': {{ .Values.port }}')
      .replace(inner, `      {{- if .Values.timeout }}\n${inner}      {{- end }}\n`),
    'FL0120',
    '16:7',
  ],
  'Helm, a name': [shoes.replace(': shoes', ': {{ include "x.name" . | quote }}'), 'FL0120', '4:9'],
  'Helm, quoted': [
    shoes.replace(': 80', ': "{{ .Values.port }}"').replace(': 3s', ": '{{ .Values.timeout }}'"),
    'FL0120',
    '11:13',
  ],
  'Helm, one document of two': [`${boots}---\n${shoes.replace('3s', '{{ .Values.t }}')}`, 'FL0120', '33:16'],
  Jinja: [shoes.replace(inner, `      {% if x %}\n${inner}      {% endif %}\n`), 'FL0120', '16:7'],
  envsubst: [shoes.replace(': 80', ': ${PORT}').replace('3s', '${TIMEOUT}'), 'FL0120', '11:13'],
  'envsubst in flow': [`${boots}---\n${flow('${PORT}')}`, 'FL0120', '20:29'],
  'a carriage return': [shoes.replace('a\nspec', 'a\rspec'), 'FL0101', '7:11'],
  'a byte order mark between joined files': [`${boots}---\n\ufeff${shoes}`, 'FL0101', '18:1'],
  'a bracket': [shoes.replace('/a', '[/a'), 'FL0101', '16:7'],
  'a JSON file cut off': [flow('80', ''), 'FL0101', '4:1'],
  'no line between documents': [shoes + boots, 'FL0102', '17:1'],
  'a kind': [shoes.replace('MeshService', 'MeshServise'), 'FL0202', '2:7'],
  'a kind of Kubernetes': [shoes.replace('MeshService', 'Deployment'), 'FL0202', '2:7'],
  'an apiVersion': [shoes.replace('v1alpha1', 'v1'), 'FL0203', '1:13'],
  'no apiVersion': [shoes.replace(/^.*\n/, ''), 'FL0201', '1:7'],
  'no kind': [shoes.replace(/kind.*\n/, ''), 'FL0201', '1:13'],
  'a List': [
    `apiVersion: v1\nkind: List\nitems:\n  - ${shoes.trimEnd().replaceAll('\n', '\n    ')}\n`,
    'FL0201',
    '2:7',
  ],
  nmae: [shoes.replace('  name: shoes', '  nmae: shoes'), 'FL0204', '4:3'],
  'no name': [shoes.replace('  name: shoes\n', ''), 'FL0206', '3:1'],
  metdata: [shoes.replace('metadata', 'metdata'), 'FL0204', '3:1'],
  namespase: [shoes.replace('namespace', 'namespase'), 'FL0204', '5:3'],
  'a name with a tail': [shoes.replace(': shoes', ': shoes_new'), 'FL0208', '4:9'],
  Kind: [shoes.replace('kind', 'Kind'), 'FL0201', '2:1'],
  'a name in capitals': [shoes.replace(': shoes', ': Shoes'), 'FL0208', '4:9'],
  'a letter of the name': [shoes.replace(': shoes', ': shoos'), 'FL0302', '4:9'],
  'another name of a namespace': [shoes.replace(': shop', ': shp'), 'FL0302', '4:9'],
  'quotes of a word processor': [shoes.replace(': shoes', ': “shoes”'), 'FL0208', '4:9'],
};

const treeOf = (files: Readonly<Record<string, string>>) => ({
  label: 'test',
  files: Object.entries(files).map(([path, text]) => ({ path, text })),
  diagnostics: [],
});

for (const [name, [text, code, place]] of Object.entries(mistakes)) {
  t.test(name, async (t) => {
    const compiler = createCompiler();
    const said = (files: Readonly<Record<string, string>>) =>
      compiler
        .compile(treeOf(files))
        .diagnostics.map((d) => `${d.code} ${d.span?.file}:${d.span?.start.line}:${d.span?.start.column}`);
    t.same(said({ 'a.yaml': user, 'b.yaml': text }), [`${code} b.yaml:${place}`]);
    t.ok(said({ 'a.yaml': user }).includes('FL0302 a.yaml:6:10'), 'what is missing is said once the cause is gone');
    t.same(said({ 'a.yaml': user, 'b.yaml': shoes }), []);
  });
}

t.test('C4: a name that slipped where it is declared takes along what it refers to', async (t) => {
  const said = (...files: readonly string[]) =>
    compile(treeOf(Object.fromEntries(files.map((text, i) => [`${i}.yaml`, text])))).diagnostics;
  const calling = `${boots.replace(': shop', ': shp')}  uses: [user]\n`;
  const uses = user.replaceAll('shoes', 'boots');
  t.same(
    said(uses, calling).map(({ code, hint }) => [code, hint]),
    [['FL0302', 'did you mean namespace "shop"?']],
  );
  const other = user.replaceAll('user', 'other').replace('uses: [shoes]', 'uses: [shoos]');
  const both = said(user, other, shoes.replace(': shoes', ': shoos')).map(({ span }) => span?.file);
  t.ok(both.length > 4 && both.every((file) => file !== '2.yaml'), 'a name that somebody uses has not slipped');
});

t.test('what is missing beside a mistake elsewhere is still said', async (t) => {
  const lacking = user.replace('uses: [shoes]', 'uses: [shoes, gloves]');
  for (const name of ['all tabs', 'a conflict of names', 'a kind', 'nmae', 'a name in capitals', 'a List']) {
    const { diagnostics } = compile(treeOf({ 'a.yaml': lacking, 'b.yaml': mistakes[name]?.[0] ?? '' }));
    t.equal(diagnostics[0]?.message, 'there is no MeshService "shop/gloves"', name);
    t.equal(diagnostics.length, 2, name);
  }
});

t.test('what only looks like a cause is text', async (t) => {
  const text = '|\n        <<<<<<< HEAD\n        \t{{ x }}\n        =======\n        ${y}\n        >>>>>>> feature\n';
  const annotated = (tail: string) =>
    shoes.replace('  labels:', `  annotations:\n    note: ${text}  labels:`).replace(inner, inner + tail);
  t.same(compile(treeOf({ 'a.yaml': annotated('') })).diagnostics, []);
  const { diagnostics } = compile(treeOf({ 'a.yaml': annotated('      to: [\n') }));
  t.same(
    diagnostics.map((d) => d.code),
    ['FL0101'],
    'and not the cause of another mistake',
  );
});

t.test('bytes that are no UTF-8', async (t) => {
  const wide = Buffer.from(shoes, 'utf16le');
  const bytes: Readonly<Record<string, readonly [Buffer, string]>> = {
    'UTF-16LE': [Buffer.from(`\ufeff${shoes}`, 'utf16le'), 'is UTF-16 text, not UTF-8'],
    'UTF-16BE': [Buffer.from(`\ufeff${shoes}`, 'utf16le').swap16(), 'is UTF-16 text, not UTF-8'],
    'UTF-16LE, unmarked': [wide, 'is UTF-16 text, not UTF-8'],
    'UTF-16BE, unmarked': [Buffer.from(wide).swap16(), 'is UTF-16 text, not UTF-8'],
    'UTF-32LE': [Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), 'is UTF-32 text, not UTF-8'],
    'Latin-1': [Buffer.from(`${shoes}# \u00e9\n`, 'latin1'), 'is not UTF-8 text'],
    NUL: [Buffer.from(`${shoes}\0\0`), 'is not text: it holds NUL bytes'],
  };
  for (const [name, [content, says]] of Object.entries(bytes)) {
    const folder = t.testdir({ 'a.yaml': user, 'b.yaml': content });
    const { diagnostics } = compile(loadDirectory(folder));
    t.same(
      diagnostics.map((d) => d.message),
      [`"b.yaml" ${says}`],
      name,
    );
  }
  const marked = t.testdir({ 'a.yaml': user, 'b.yaml': `\ufeff${shoes.replaceAll('\n', '\r\n')}` });
  t.same(compile(loadDirectory(marked)).diagnostics, [], 'a byte order mark and CRLF are fine');
});

t.test('A7: of a match that is wrong nothing else is said to follow', async (t) => {
  const wrong: Readonly<Record<string, string>> = {
    '{ path: /%6fld }': 'FL0402',
    '{ methods: [GTE] }': 'FL0419',
    '{ path: { regex: "/a b" } }': 'FL0417',
    '[{ path: /old }, { path: /new* }]': 'FL0402',
  };
  for (const [match, code] of Object.entries(wrong)) {
    const text = `${shoes.split('  routes:')[0]}  routes: [{ match: ${match}, redirect: { path: /new } }, { match: { path: /other }, timeout: 3s }]\n`;
    const { diagnostics } = compile(treeOf({ 'a.yaml': text }));
    t.strictSame(
      diagnostics.map((d) => d.code),
      [code],
      match,
    );
  }
});

t.test('a kind that slipped may be any', async (t) => {
  const gateway = `apiVersion: fairlead.dev/v1alpha1\nKind: MeshGateway\nmetadata: { name: g, namespace: shop }\nspec: {}\n`;
  const exposed = shoes.replace('spec:', 'spec:\n  expose: [{ gateway: g, host: a.example.com }]');
  const { diagnostics } = compile(treeOf({ 'a.yaml': gateway, 'b.yaml': exposed }));
  t.same(
    diagnostics.map(({ code }) => code),
    ['FL0201'],
  );
});

t.test('that something is not there is not said beside a document that could not be read', async (t) => {
  const serving = (name: string, spec: string) =>
    `${boots.split('spec:')[0]?.replace('boots', name)}spec:\n  ports: [{ port: 80 }]\n${spec}`;
  const versions = '  versions: { v1: { version: v1 } }\n';
  const testing = (host: string) =>
    `${user.split('---\n')[1]?.replace(/spec.*\n/, '')}spec: { cases: [{ from: shoes, request: GET http://${host}/, expect: { versions: { v1: 100% } } }] }\n`;
  const front = serving('shoes', '  routes: [{ match: { path: /x }, to: [{ service: boots, version: v1 }] }]\n');
  const gateway = (name: string, listener: string) =>
    `apiVersion: fairlead.dev/v1alpha1\nkind: MeshGateway\nmetadata: { name: ${name}, namespace: shop }\nspec: { selector: { a: b }, listeners: [{ hosts: [a.example.com], ${listener} }] }\n`;
  const plain = gateway('plain', 'name: web, port: 80, protocol: HTTP, redirectToHttps: true');
  const secure = gateway('secure', 'name: tls, port: 443, protocol: HTTPS, tls: { secret: a }');
  /** The first of the documents is the one with the slip. */
  const meshes: readonly (readonly string[])[] = [
    [serving('shoes', versions), testing('shoes')],
    [serving('boots', versions), front, testing('shoes')],
    [secure, plain],
  ];
  for (const [broken = '', ...others] of meshes) {
    const said = (first: string) =>
      compile(treeOf(Object.fromEntries([first, ...others].map((text, i) => [`${i}.yaml`, text])))).diagnostics.filter(
        ({ severity }) => severity !== 'info',
      );
    t.same(said(broken), []);
    t.same(
      said(broken.replace('spec:', 'acess: 1\nspec:')).map(({ code }) => code),
      ['FL0204'],
      broken,
    );
    t.not(said('').length, 0, 'once it is gone');
  }
});
