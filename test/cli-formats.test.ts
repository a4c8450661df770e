// C11: what machines read (SARIF, JUnit), intent on standard input and checks that repeat.
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { fairlead, folderOf, git } from './support/cli.ts';

t.setTimeout(120_000);

async function commitAll(folder: string, message: string): Promise<void> {
  await git(folder, 'add', '--all');
  await git(folder, 'commit', '--quiet', '--message', message);
}

const main = join(import.meta.dirname, '../cli/main.ts');
const service = (name: string, more = '') =>
  `apiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata: { name: ${name}, namespace: shop }\nspec:\n  ports: [{ port: 80 }]\n${more}`;
const open = '  access: { allow: [{ from: [{ namespace: shop }] }] }\n';
const meshTest = (expect: string) =>
  `apiVersion: fairlead.dev/v1alpha1\nkind: MeshTest\nmetadata: { name: t, namespace: shop }\nspec:\n  cases: [{ from: b, request: 'GET http://a/?x=<&"', expect: ${expect} }]\n`;

/** What SARIF 2.1.0 and GitHub's code scanning demand of a log. */
function sarifOf(text: string) {
  const log = JSON.parse(text) as {
    version: string;
    runs: {
      tool: { driver: { name: string; rules: { id: string; shortDescription: { text: string } }[] } };
      results: {
        ruleId: string;
        ruleIndex: number;
        level: string;
        message: { text: string };
        locations: { physicalLocation: { artifactLocation: { uri: string }; region?: { startLine: number } } }[];
      }[];
    }[];
  };
  t.equal(log.version, '2.1.0');
  const [run] = log.runs;
  if (!run || log.runs.length !== 1) throw new Error('one run');
  for (const result of run.results) {
    t.equal(run.tool.driver.rules[result.ruleIndex]?.id, result.ruleId, 'its rule is listed');
    t.ok(['error', 'warning', 'note'].includes(result.level) && result.message.text !== '');
    t.equal(result.locations.length, 1, 'code scanning shows what has a place');
    t.notMatch(result.locations[0]?.physicalLocation.artifactLocation.uri, /^\/|\.\.|\\| /);
  }
  return run;
}

t.test('check as SARIF: places are those of the repository', async (t) => {
  const folder = folderOf(t, { 'mesh/a b.yaml': service('a', '  bad: 1\n'), 'good/a.yaml': service('a') });
  await git(folder, 'init', '--quiet', '--initial-branch=main');
  await commitAll(folder, 'first');
  for (const dir of ['mesh', 'main:mesh']) {
    const said = await fairlead(['check', dir, '--format', 'sarif'], folder);
    t.equal(said.code, 1, said.stderr);
    const { results, tool } = sarifOf(said.stdout);
    t.match(results, [{ ruleId: 'FL0204', level: 'error', message: { text: /bad[\s\S]*hint: / } }]);
    t.match(results[0]?.locations[0]?.physicalLocation, {
      artifactLocation: { uri: 'mesh/a%20b.yaml' },
      region: { startLine: 6, startColumn: 3, endLine: 6, endColumn: 6 },
    });
    t.match(tool.driver.rules, [{ id: 'FL0204', name: 'UnknownField' }]);
  }
  t.match(await fairlead(['check', 'mesh', '--format', 'github'], folder), { stdout: /::error file=mesh\/a b\.yaml,/ });
  t.same(sarifOf((await fairlead(['check', 'good', '--no-policies', '--format', 'sarif'], folder)).stdout).results, []);
});

t.test('review as SARIF', async (t) => {
  const folder = folderOf(t, { 'mesh/a.yaml': service('a'), 'mesh/b.yaml': service('b', '  uses: [a]\n') });
  await git(folder, 'init', '--quiet', '--initial-branch=main');
  await commitAll(folder, 'first');
  writeFileSync(join(folder, 'mesh/a.yaml'), service('a', '  access: { deny: [{ paths: [/admin/*] }] }\n'));
  const review = ['review', '--base', 'HEAD', '--format', 'sarif', 'mesh'];
  const { results } = sarifOf((await fairlead(review, folder)).stdout);
  t.match(results, [{ ruleId: 'review/access', message: { text: /shop\/b[\s\S]*example: / } }]);
  t.match(results[0]?.locations[0]?.physicalLocation, {
    artifactLocation: { uri: 'mesh/a.yaml' },
    region: { startLine: 6 },
  });
  const uris = async () =>
    sarifOf((await fairlead(review, folder)).stdout).results.map(
      (one) => one.locations[0]?.physicalLocation.artifactLocation.uri,
    );
  writeFileSync(join(folder, 'mesh/a.yaml'), service('a'));
  writeFileSync(join(folder, 'mesh/c.yaml'), service('c'));
  await commitAll(folder, 'second');
  rmSync(join(folder, 'mesh/c.yaml'));
  t.same(new Set(await uris()), new Set(['mesh/a.yaml']), 'what has no place in the head is at one of its files');
  writeFileSync(join(folder, 'mesh/b.yaml'), `# moved\n${service('b', '  uses: [a]\n')}`);
  t.same(new Set(await uris()), new Set(['mesh/b.yaml']), 'one that the change touches');
  writeFileSync(join(folder, 'mesh/a.yaml'), service('a', '  bad: 1\n'));
  const broken = await fairlead(review, folder);
  t.match([broken.code, sarifOf(broken.stdout).results], [1, [{ ruleId: 'FL0204' }]]);
});

t.test('test as JUnit XML', async (t) => {
  const folder = folderOf(t, {
    'a.yaml': [service('a', open), service('b', '  uses: [a]\n')].join('---\n'),
    't.yaml': meshTest('{ denied: access }'),
  });
  const failed = await fairlead(['test', '.', '--format', 'junit'], folder);
  t.equal(failed.code, 1, failed.stderr);
  t.match(
    failed.stdout,
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="fairlead test" tests="1" failures="1" errors="0">/,
  );
  t.match(failed.stdout, /<testsuite name="shop\/t" tests="1" failures="1" errors="0" skipped="0">/);
  t.match(
    failed.stdout,
    /name="shop\/b GET http:\/\/a\/\?x=&lt;&amp;&quot;" classname="shop\/t" file="t\.yaml" line="5"/,
  );
  t.match(failed.stdout, /<failure message="denied: expected denied by access[^"]+" type="verdict">[^<]+<\/failure>/);
  writeFileSync(join(folder, 't.yaml'), meshTest('{ allowed: true }'));
  t.match(await fairlead(['test', '.', '--format', 'junit'], folder), { code: 0, stdout: /<testcase [^>]+\/>/ });
});

t.test('what does not compile is told in the form that was asked for', async (t) => {
  const folder = folderOf(t, { 'mesh/a.yaml': service('a', open).replace('spec:', 'spek:') });
  const junit = await fairlead(['test', 'mesh', '--format', 'junit'], folder);
  t.equal(junit.code, 1);
  t.match(junit.stdout, /^<\?xml [^\n]+\n<testsuites name="fairlead test" tests="\d" failures="0" errors="[1-9]">\n/);
  t.match(
    junit.stdout,
    /<testcase name="[^"]+" classname="FL0\d+" file="mesh\/a\.yaml" line="\d+">\n +<error message=/,
  );
  const asked = ['--from', 'a', '--request', 'GET http://a/', '--format', 'json'];
  const explained = await fairlead(['explain', 'mesh', ...asked], folder);
  t.equal(explained.code, 1);
  t.match(JSON.parse(explained.stdout), { diagnostics: [{ severity: 'error', span: { file: 'a.yaml' } }] });
  const code = await fairlead(['explain', 'FL0412', '--format', 'json'], folder);
  t.match(JSON.parse(code.stdout), { code: 'FL0412', severity: 'error' });
});

t.test('the name of a file gives no orders to CI systems and terminals', async (t) => {
  const name = 'x\n::stop-commands::tok\ny,z:100%\u001b[31m.yaml';
  const folder = folderOf(t, {
    [name]: `${service('a', '  acces: {}\n')}---\n${meshTest('{ denied: access }')}`,
    'b.yaml': service('b', '  uses: [a]\n'),
  });
  const runs = [
    ['check', '.', '--no-policies', '--format', 'github'],
    ['check', '.', '--no-policies'],
    ['check', `${name}.yaml`],
    ['test', '.', '--format', 'junit'],
    ['review', '--base', '.', '--format', 'markdown'],
  ];
  const outputs = new Map<string, string>();
  for (const args of runs) {
    const { stdout, stderr } = await fairlead(args, folder);
    const orders = `${stdout}${stderr}`.split('\n').filter((line) => /^\s*::|\u001b/.test(line));
    t.same(
      orders.filter(
        (line) =>
          !line.startsWith('::error file=x%0A%3A%3Astop-commands%3A%3Atok%0Ay%2Cz%3A100%25\u001b[31m.yaml,line=6,'),
      ),
      [],
      args.join(' '),
    );
    outputs.set(args.join(' '), stdout + stderr);
  }
  t.match(outputs.get('check . --no-policies'), '--> x\ufffd::stop-commands::tok\ufffdy,z:100%\ufffd[31m.yaml:6:3\n');
  writeFileSync(join(folder, name), `${service('a', open)}---\n${meshTest('{ denied: access }')}`);
  const text = await fairlead(['test', '.'], folder);
  t.match(text.stdout, /FAIL/);
  t.notMatch(text.stdout + text.stderr, /^\s*::|\u001b/m);
});

t.test('findings of org rules are counted as all others', async (t) => {
  const folder = folderOf(t, { 'a.yaml': Array.from({ length: 230 }, (_, i) => service(`s${i}`)).join('---\n') });
  const { stdout } = await fairlead(['check', '--format', 'json'], folder);
  const said: readonly { readonly code: string }[] = JSON.parse(stdout).diagnostics;
  t.equal(said.filter(({ code }) => code === 'FL0602').length, 200);
  t.match(
    said.filter(({ code }) => code === 'FL0124'),
    [{ message: '30 more warnings in "a.yaml" are not listed' }],
  );
});

/** Runs with something on standard input. */
function fed(
  args: readonly string[],
  input: string | Buffer,
  cwd: string,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [main, ...args], { cwd, env: { ...process.env, NO_COLOR: '1' } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += String(part)));
  // It stops reading what is too large.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

t.test('intent on standard input', async (t) => {
  const folder = folderOf(t, {});
  const two = [service('a'), service('b', '  uses: [a]\n')].join('---\n');
  t.match(await fed(['check', '-'], two, folder), { code: 0, output: /2 documents in 1 file checked/ });
  t.match(await fed(['check', '-'], two.replace('uses: [a]', 'uses: [x]'), folder), {
    code: 1,
    output: /stdin\.yaml:\d+:/,
  });
  t.match(await fed(['check', '-'], 'a: b\n'.repeat(2_000_000), folder), {
    code: 1,
    output: /^error\[FL0110\]: standard input is more than 8 MiB, the most that is read of it\n(?![\s\S]*error\[)/,
  });
  t.match(await fed(['check', '-'], `${two}---\n${'a: b\n'.repeat(300_000)}`, folder), {
    code: 1,
    output: /FL0110\]: a document of standard input is 1\.4 MiB; a document may have 1 MiB\n.*stdin\.yaml:\d+:1/,
  });
  const latin = Buffer.from(two.replace('name: a', 'name: \xe9'), 'latin1');
  t.match(await fed(['check', '-'], latin, folder), { code: 1, output: /FL0111\]: standard input is not UTF-8 text/ });
  t.match(await fed(['inject', '-f', '-'], latin, folder), {
    code: 2,
    output: /FL0111\]: standard input is not UTF-8/,
  });
  t.match(await fed(['inject', '-f', '-'], 'a: b\n'.repeat(2_000_000), folder), {
    code: 2,
    output: /is more than 8 MiB/,
  });
  const chart =
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\nspec: { containers: [{ name: a, image: a }] }\n';
  t.match(await fed(['inject', '-f', '-'], chart, folder), {
    code: 1,
    output:
      /^error\[FL0120\]: a template stands here[^\n]*\n +--> standard input:4:9\n[^\0]*helm template[^\0]*\n1 error\n$/,
  });
  const pod = chart.replace('{{ .Release.Name }}', '"on" # 0400').replaceAll('\n', '\r\n');
  t.match(await fed(['inject', '-f', '-'], `\ufeff${pod}`, folder), {
    code: 0,
    output: /^\ufeffapiVersion: v1\r\nkind: Pod\r\nmetadata:\r\n {2}name: "on" # 0400\r\n {2}annotations:\r\n/,
  });
  t.match(await fed(['check', '-', '--watch'], two, folder), { code: 2, output: /--watch is for a folder/ });
});

t.test('a check that repeats', async (t) => {
  const folder = folderOf(t, { 'mesh/a.yaml': service('a') });
  const child = spawn(process.execPath, [main, 'check', 'mesh', '--watch'], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += String(part)));
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? signal)));
  t.teardown(() => child.kill('SIGKILL'));
  const until = async (pattern: RegExp) => {
    for (let i = 0; i < 600 && !pattern.test(output); i++) await new Promise((resolve) => setTimeout(resolve, 50));
    t.match(output, pattern);
    output = '';
  };
  // Two streams, in whichever order they arrive.
  await until(/1 document in 1 file checked[\s\S]*watching|watching[\s\S]*1 document in 1 file checked/);
  writeFileSync(join(folder, 'mesh/b.yaml'), service('b', '  bad: 1\n'));
  await until(/unknown field "bad"[\s\S]*b\.yaml:6:3/);
  writeFileSync(join(folder, 'mesh/b.yaml'), service('b'));
  await until(/2 documents in 2 files checked/);
  t.notMatch(output, /\u001b/, 'only a terminal is cleared');
  child.kill('SIGINT');
  t.equal(await ended, 0);
});

t.test('words of other tools are told what they are called here', async (t) => {
  const folder = folderOf(t, { 'a.yaml': service('shoes') });
  const hints: readonly (readonly [args: readonly string[], hint: RegExp])[] = [
    [['validate'], /hint: `fairlead check` does that/],
    [['diff'], /hint: `fairlead review` does that/],
    [['apply', '-f', '.'], /fairlead compile --target istio/],
    [['check', '-f', '.'], /without an option/],
    [['reach', '-n', 'shop'], /namespace\/name/],
    [['reach', '--from', 'deployment/shoes'], /did you mean "shop\/shoes"/],
    [['reach', '--from', 'shoes.shop'], /did you mean "shop\/shoes"/],
    [['reach', '--to', 'cluster.local/ns/shop/sa/shoes'], /did you mean "shop\/shoes"/],
  ];
  for (const [args, hint] of hints) t.match(await fairlead(args, folder), { code: 2, stderr: hint }, args.join(' '));
  t.notMatch((await fairlead(['reveiw'], folder)).stderr, /hint/, 'a slip has the suggestion of commander');
});
