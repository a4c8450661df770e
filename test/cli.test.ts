// The command line on good and bad input: what it says, where, and with which exit code. Nothing hangs, nothing crashes.
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { parseAllDocuments } from 'yaml';
import { fairlead, folderOf, git, type Outcome } from './support/cli.ts';

const shoes = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: shoes, namespace: shop, labels: { team: catalogue } }
spec:
  ports: [{ port: 80 }]
  access: { allow: [{ from: [{ service: inventory }], methods: [POST] }] }
---
apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: inventory, namespace: shop, labels: { team: catalogue } }
spec: { ports: [{ port: 80 }], uses: [shoes] }
`;

/** What every refusal has: an exit code, a code of the catalogue, no trace of JavaScript. */
function refused(t: Test, outcome: Outcome, code: 1 | 2, ...says: RegExp[]): void {
  t.equal(outcome.code, code, `exit code of: ${outcome.stderr}${outcome.stdout}`);
  for (const pattern of says) t.match(outcome.stderr + outcome.stdout, pattern);
  t.notMatch(outcome.stderr, /internal error|node:internal|at .*\.ts:\d+/, 'no internal error');
}

const service = (spec: string, name = 'a') =>
  `apiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata: { name: ${name}, namespace: shop, labels: { team: x } }\nspec:\n${spec}`;

const badIntent: Readonly<Record<string, { files: Record<string, string | Buffer>; says: RegExp[] }>> = {
  'malformed YAML': { files: { 'a.yaml': 'kind: [MeshService\nx: }' }, says: [/FL01\d\d/, /a\.yaml:\d+:\d+/] },
  'an unknown field': {
    files: { 'a.yaml': service('  port: [{ port: 80 }]\n') },
    says: [/FL02\d\d/, /a\.yaml:5:3/, /did you mean "ports"/],
  },
  'a wrong type': {
    files: { 'a.yaml': service('  ports: [{ port: eighty }]\n') },
    says: [/FL02\d\d/, /eighty/, /a\.yaml:5:19/],
  },
  'a duplicate name': {
    files: { 'a.yaml': shoes, 'b.yaml': service('  ports: [{ port: 80 }]\n', 'shoes') },
    says: [/FL0301/, /b\.yaml:3/, /a\.yaml:3/],
  },
  'a dangling reference': {
    files: { 'a.yaml': service('  ports: [{ port: 80 }]\n  uses: [b]\n') },
    says: [/FL03\d\d/, /a\.yaml:6:10/],
  },
  'weights that do not add up': {
    files: {
      'a.yaml': service(
        '  ports: [{ port: 80 }]\n  versions: { v1: { v: "1" }, v2: { v: "2" } }\n  routes: [{ to: [{ version: v1, weight: 60 }, { version: v2, weight: 30 }] }]\n',
      ),
    },
    says: [/FL04\d\d/, /90/, /a\.yaml:7:/],
  },
  'a regex that RE2 rejects': {
    files: {
      'a.yaml': service(
        '  ports: [{ port: 80 }]\n  routes: [{ match: { path: { regex: "/(?=x)" } }, redirect: { path: /y } }]\n',
      ),
    },
    says: [/FL04\d\d/, /a\.yaml:6:/, /RE2/],
  },
  'a file of 50 MB': {
    files: { 'a.yaml': Buffer.alloc(50 * 2 ** 20, 'a: b\n') },
    says: [/FL01\d\d/, /a\.yaml/, /large|limit|bytes|MiB/i],
  },
  'an alias bomb': {
    files: {
      'a.yaml': `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
        .split('')
        .map((c, i) => `${c}: &${c} [${`*${'abcdefgh'[i]},`.repeat(9).slice(0, -1)}]`)
        .join('\n')}\n`,
    },
    says: [/FL01\d\d/, /a\.yaml/],
  },
  'a deep document': { files: { 'a.yaml': `${'['.repeat(5000)}${']'.repeat(5000)}` }, says: [/FL01\d\d/, /a\.yaml/] },
  'no intent at all': { files: { 'notes.txt': 'nothing' }, says: [/FL01\d\d/, /no intent/] },
};

for (const [name, { files, says }] of Object.entries(badIntent)) {
  t.test(`check refuses ${name}`, async (t) => {
    refused(t, await fairlead(['check', '.'], folderOf(t, files)), 1, ...says);
  });
}

t.test('check refuses a symlink out of the repository', async (t) => {
  const folder = folderOf(t, { 'a.yaml': shoes });
  symlinkSync('/etc/hostname', join(folder, 'b.yaml'));
  refused(t, await fairlead(['check', '.'], folder), 1, /FL01\d\d/, /b\.yaml/, /link/);
});

t.test('usage mistakes end with exit code 2 and a hint', async (t) => {
  const folder = folderOf(t, { 'a.yaml': shoes });
  const cases: readonly [readonly string[], RegExp][] = [
    [['chekc'], /Did you mean check/],
    [['compile', '--target', 'kubernetes'], /istio, envoy, all/],
    [['explain', 'FL9999'], /no code FL9999/],
    [['explain', '.', '--from', 'inventry', '--request', 'GET http://shoes/'], /did you mean "inventory"/],
    [['explain', '.', '--from', 'inventory', '--request', 'nonsense'], /POST http:\/\/shoes\/stock/],
    [['schema', 'MeshServise'], /MeshService/],
    [['create'], /unknown command 'create'\n {2}= hint: .*kubectl applies them/],
    [['edit'], /hint: change the intent, commit and push/],
    [['pc'], /hint: `fairlead compile --target envoy` does that/],
    [['check', '--dry-run'], /unknown option '--dry-run'\n {2}= hint: nothing is applied anyway/],
    [['status', '.'], /nothing is up/],
    [['review', '--base', 'no-such-revision', '.'], /no-such-revision/],
    [['up', 'no-such-folder'], /no-such-folder/],
    [['compile', '.', '--target', 'envoy', '--workload', 'shop/shoe'], /did you mean "shop\/shoes"/],
    [['compile', '.', '--workload', 'shop/shoes'], /--workload picks an Envoy snapshot[\s\S]*--target envoy/],
    [['help', 'chekc'], /there is no command "chekc"[\s\S]*did you mean "check"/],
    [['help', 'nosuch'], /there is no command "nosuch"[\s\S]*check, compile, review/],
    [['serve', 'help', 'webhok'], /there is no command "webhok"[\s\S]*did you mean "webhook"/],
    [['help', 'serve', 'webhok'], /there is no command "webhok"/],
    [['explain', 'FL0301', '--request', 'GET http://shoes/'], /--request has no meaning here: a code is no request/],
    [['explain', '.', '--workload', 'shoes'], /--workload has no meaning here/],
    [['explain', '.', '-H', 'x: y'], /--header has no meaning here/],
    [['explain', '.', '--log-line', 'x', '--request', 'GET http://shoes/'], /--request has no meaning here/],
  ];
  for (const [args, says] of cases) refused(t, await fairlead(args, folder), 2, says);
});

t.test('a commit that does not exist, and a folder that is no repository', async (t) => {
  const folder = folderOf(t, { 'a.yaml': shoes });
  refused(t, await fairlead(['check', 'HEAD:'], folder), 2, /FL01\d\d/, /repository/i);
  await git(folder, 'init', '--quiet');
  await git(folder, 'add', '.');
  await git(folder, 'commit', '--quiet', '-m', 'first');
  refused(
    t,
    await fairlead(['check', '0123456789abcdef0123456789abcdef01234567:'], folder),
    2,
    /FL01\d\d/,
    /0123456789/,
  );
  t.equal((await fairlead(['check', 'HEAD:'], folder)).code, 0, 'HEAD: is read without a checkout');
});

t.test('good input: check, compile, test, explain, schema, completion', async (t) => {
  const folder = folderOf(t, { 'a.yaml': shoes });
  t.match(await fairlead(['check', '.'], folder), { code: 0, stdout: /2 documents in 1 file/ });
  const printed = await fairlead(['compile', '.'], folder);
  t.match(printed, { code: 0, stdout: /kind: AuthorizationPolicy/ });
  t.equal((await fairlead(['compile', '.'], folder)).stdout, printed.stdout, 'the same bytes twice');
  t.match(await fairlead(['compile', '.', '--target', 'all', '-o', 'out'], folder), {
    code: 0,
    stderr: /written, 0 unchanged, 0 removed/,
  });
  t.match(
    await fairlead(['compile', '.', '--target', 'istio', '-o', 'out'], folder),
    { code: 0, stderr: /0 written/ },
    'what is stale is removed, the rest left alone',
  );
  t.match(await fairlead(['explain', '.', '--from', 'inventory', '--request', 'GET http://shoes/'], folder), {
    code: 1,
    stdout: /a\.yaml:6:/,
  });
  t.match(await fairlead(['explain', '.', '--from', 'unmeshed', '--request', 'GET http://shoes/'], folder), {
    code: 1,
    stdout: /no service is called shoes without its namespace; there is shoes\.shop/,
  });
  const withHeaders = ['--request', 'POST http://shoes/', '-H', 'x-a: b', '-H', 'x-b: c', '.'];
  t.match(await fairlead(['explain', '--from', 'inventory', ...withHeaders], folder), {
    code: 0,
    stdout: /^ {2}x-a: b\n {2}x-b: c\n/m,
  });
  t.match(await fairlead(['explain', '.', '--from', 'inventory', '--request', 'POST http://shoes/'], folder), {
    code: 0,
    stdout: /allowed/,
  });
  t.match(await fairlead(['explain', 'fl0301'], folder), { code: 0, stdout: /Wrong:[\s\S]*Right:/ });
  t.match(JSON.parse((await fairlead(['schema', 'meshservice'], folder)).stdout), { properties: { kind: {} } });
  t.match(await fairlead(['completion', 'bash'], folder), { code: 0, stdout: /complete .*fairlead/ });
  t.match(await fairlead(['help', 'serve', 'webhook'], folder), { code: 0, stdout: /^Usage: fairlead serve webhook/ });
  t.match(await fairlead(['--help'], folder), { code: 0, stdout: /review .*\n[\s\S]*Exit codes/ });
});

t.test('findings for machines', async (t) => {
  const folder = folderOf(t, { 'a.yaml': service('  port: 80\n') });
  const json = await fairlead(['check', '.', '--format', 'json'], folder);
  t.equal(json.code, 1);
  t.match(JSON.parse(json.stdout), { diagnostics: [{ code: /^FL02/, span: { file: 'a.yaml', start: { line: 5 } } }] });
  t.match(await fairlead(['check', '.', '--format', 'github'], folder), {
    code: 1,
    stdout: /^::error file=a\.yaml,line=5,col=3/,
  });
});

t.test('review of a branch, in text, Markdown and JSON', async (t) => {
  const folder = folderOf(t, { 'mesh/a.yaml': shoes });
  await git(folder, 'init', '--quiet', '--initial-branch=main');
  await git(folder, 'add', '.');
  await git(folder, 'commit', '--quiet', '-m', 'first');
  const { writeFileSync } = await import('node:fs');
  writeFileSync(join(folder, 'mesh/a.yaml'), shoes.replace(', methods: [POST]', ''));
  const text = await fairlead(['review', '--base', 'main', 'mesh'], folder);
  t.match(text, { code: 0, stdout: /access gained[\s\S]*GET http:\/\/shoes\// });
  t.match(text.stdout, /a\.yaml:6:/);
  t.equal((await fairlead(['review', '--base', 'main', '--exit-code', 'mesh'], folder)).code, 1);
  t.match(await fairlead(['review', '--base', 'main', '--format', 'markdown', 'mesh'], folder), {
    code: 0,
    stdout: /\|/,
  });
  t.match(JSON.parse((await fairlead(['review', '--base', 'main', '--format', 'json', 'mesh'], folder)).stdout), {
    rows: [{}],
  });
  t.equal(
    (await fairlead(['review', '--base', 'main', '--head', 'main', '--exit-code', 'mesh'], folder)).code,
    0,
    'no change, no row',
  );
});

t.test('no case to test is no success', async (t) => {
  const folder = folderOf(t, { 'a.yaml': service('  ports: [{ port: 80 }]\n') });
  t.match(await fairlead(['test'], folder), {
    code: 1,
    stdout: /0 passed, 0 failed/,
    stderr: /no case to test[\s\S]*MeshTest/,
  });
});

t.test('what is printed are documents, each with the name of its file', async (t) => {
  const folder = folderOf(t, { 'a.yaml': service('  ports: [{ port: 80 }]\n') });
  const { stdout } = await fairlead(['compile', '--target', 'all'], folder);
  t.notMatch(stdout, /---\n---/);
  const names = [...stdout.matchAll(/^---\n# (\S+)$/gm)].map(([, name]) => name);
  t.ok(names.includes('istio/shop/sidecar-a.yaml') && names.includes('envoy/shop/a/clusters.yaml'), names.join());
  t.equal(names.length, parseAllDocuments(stdout).length);
});

t.test('an old Node is told what is needed', async (t) => {
  const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.0' } })`;
  const env = { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(old)}"` };
  const told = await fairlead(['check'], '.', { env });
  t.match(told, {
    code: 2,
    stdout: '',
    stderr: /^error: fairlead needs Node \d+ or newer, and this is v[\d.]+\n {2}= hint: /,
  });
  const { engines } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as Package;
  t.equal(`>=${/Node (\d+)/.exec(told.stderr)?.[1]}`, engines.node);
});

interface Package {
  readonly engines: { readonly node: string };
}
