// What a newcomer meets first: init, help with examples, version; and from a log line or a review back to the line of intent.
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { buildProgram } from '../cli/program.ts';
import { fairlead, folderOf, git, quietIo } from './support/cli.ts';
import { commitAll, intent } from './support/up.ts';

t.test('init writes a repository that is right, and never overwrites', async (t) => {
  const folder = folderOf(t, { 'taken/README.md': 'mine', file: '' });
  const made = await fairlead(['init', 'new mesh'], folder);
  t.match(made, { code: 0, stdout: /wrote new mesh\/intent\/mesh\.yaml\n[\s\S]*fairlead up 'new mesh'/ });
  t.match(await fairlead(['check', 'new mesh'], folder), { code: 0, stdout: /nothing stands in the way/, stderr: '' });
  t.match(await fairlead(['test', 'new mesh'], folder), { code: 0, stdout: /5 passed, 0 failed/ });
  t.match(await fairlead(['init', 'new mesh'], folder), { code: 2, stderr: /new mesh\/intent is there already/ });
  t.match(await fairlead(['init', 'taken'], folder), { code: 2, stderr: /taken\/README\.md is there already/ });
  t.equal(readFileSync(join(folder, 'taken/README.md'), 'utf8'), 'mine');
  t.match(await fairlead(['init', 'file'], folder), { code: 2, stderr: /error\[FL0002\]: cannot / });
  symlinkSync('/dev/null/nowhere', join(folder, 'new mesh/dangling'));
  t.match(await fairlead(['init', 'new mesh/dangling'], folder), { code: 2, stderr: /error\[FL0002\]: cannot / });
});

t.test('C8: a folder that refuses to have folders ends every command that writes', async (t) => {
  const folder = folderOf(t, { 'a.yaml': intent() });
  // Node's own recursive mkdir never comes back from there.
  for (const args of [
    ['init', '/proc/nowhere'],
    ['init', '/proc/nowhere/deep'],
    ['compile', '.', '--no-policies', '-o', '/proc/nowhere'],
    ['serve', 'control-plane', '.', '--state', '/proc/nowhere'],
  ]) {
    const outcome = await fairlead(args, folder, { timeoutMs: 15_000 });
    t.match(outcome, { code: 2, stderr: /^error\[FL0002\]: cannot .*\/proc\/nowhere/ }, args.join(' '));
  }
  const up = await fairlead(['up', '.'], folder, { timeoutMs: 15_000, env: { TMPDIR: '/proc/nowhere' } });
  t.match(up, { code: 2, stderr: /cannot use the state folder \/proc\/nowhere/ });
});

t.test('every command has help with an example', async (t) => {
  const program = buildProgram(quietIo('.'), '0', () => {});
  for (const command of program.commands.flatMap((c) => [c, ...c.commands])) {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    t.match(help, /\nExamples?(:|, )/, command.name());
  }
});

t.test('version for people and for tools', async (t) => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
    version: string;
  };
  t.match(await fairlead(['version'], '.'), { code: 0, stdout: `fairlead  ${version}\n` });
  t.match(JSON.parse((await fairlead(['version', '--format', 'json'], '.')).stdout), {
    fairlead: version,
    node: process.versions.node,
    language: 'fairlead.dev/v1alpha1',
  });
});

t.test('a log line is traced back to the line of intent', async (t) => {
  const folder = folderOf(t, { 'a.yaml': intent() });
  const line = (details: string) =>
    JSON.stringify({
      workload: 'shop/callee',
      listener: 'inbound_80',
      method: 'GET',
      path: '/x',
      authority: 'callee',
      downstream_peer: 'spiffe://cluster.local/ns/shop/sa/caller',
      response_code: 403,
      response_code_details: details,
    });
  const denied = line('rbac_access_denied_matched_policy[none]');
  t.match(await fairlead(['explain', '.', '--log-line', denied], folder), {
    code: 0,
    stdout: /was answered 403[\s\S]*no rule allows it \(policy shop\/callee-allow\)\n +at a\.yaml:6:/,
  });
  const json = await fairlead(['explain', '.', '--log-line', denied, '--format', 'json'], folder);
  t.match(JSON.parse(json.stdout), { steps: [{}, { origin: { file: 'a.yaml', start: { line: 6 } } }] });
  t.match(await fairlead(['explain', '.', '--log-line', 'GET /'], folder), {
    code: 2,
    stderr: /cannot read the log line "GET \/"/,
  });
  // A11: what is no line of an access log does not keep the others from being explained.
  const mixed = await fairlead(
    ['explain', '.', '--log-line', `starting\n${denied}\n{"level":"info"}\n${denied}`],
    folder,
  );
  t.equal(mixed.code, 0);
  t.equal(mixed.stdout.split('was answered 403').length, 3);
  t.match(mixed.stderr, /^warning: 2 of 4 lines are left out; line 1: cannot read the log line "starting"/);
  t.match(await fairlead(['explain', '.', '--log-line', ''], folder), { code: 2, stderr: /--log-line is empty/ });
});

t.test('only a proxy writes an access log', async (t) => {
  const machine = `apiVersion: fairlead.dev/v1alpha1\nkind: MeshWorkload\nmetadata: { name: db, namespace: shop }
spec: { address: 10.0.0.7, ports: [{ name: tcp, port: 5432 }] }\n`;
  const folder = folderOf(t, { 'a.yaml': intent(), 'b.yaml': machine });
  const line = '{"response_code":503,"response_flags":"UF"}';
  for (const workload of ['shop/db', 'outside', 'unmeshed']) {
    const outcome = await fairlead(['explain', '.', '--log-line', line, '--workload', workload], folder);
    t.match(outcome, { code: 2, stdout: '', stderr: new RegExp(`"${workload}" has no proxy.*\n.*shop/callee`) });
  }
  t.equal((await fairlead(['explain', '.', '--log-line', line, '--workload', 'callee'], folder)).code, 0);
});

t.test('places of a review are links to their commits', async (t) => {
  const folder = folderOf(t, { 'mesh/a.yaml': intent(), 'b #1/c#d (e).yaml': intent() });
  await git(folder, 'init', '--quiet', '--initial-branch=main');
  const base = await commitAll(folder, 'first');
  const { writeFileSync } = await import('node:fs');
  for (const file of ['mesh/a.yaml', 'b #1/c#d (e).yaml']) writeFileSync(join(folder, file), intent('[POST, GET]'));
  const head = await commitAll(folder, 'second');
  const reviewIn = (dir: string) => ['review', '--base', 'HEAD~1', '--head', 'HEAD', '--format', 'markdown', dir];
  const review = reviewIn('mesh');
  const page = 'https://git.example.com/acme/mesh';
  const linked = await fairlead([...review, '--link-to', `${page}/`], folder);
  for (const commit of [base, head])
    t.match(linked.stdout, new RegExp(`\\[mesh/a\\.yaml:6:\\d+\\]\\(${page}/blob/${commit}/mesh/a\\.yaml#L6`));
  const strange = await fairlead([...reviewIn('b #1'), '--link-to', page], folder);
  t.ok(strange.stdout.includes(`(${page}/blob/${head}/b%20%231/c%23d%20%28e%29.yaml#L6`), strange.stdout);
  const inActions = { GITHUB_SERVER_URL: 'https://git.example.com', GITHUB_REPOSITORY: 'acme/mesh' };
  t.equal(
    (await fairlead(review, folder, { env: inActions })).stdout,
    linked.stdout,
    'found by itself in GitHub Actions',
  );
  t.notMatch((await fairlead(review, folder, { env: { GITHUB_SERVER_URL: '' } })).stdout, /https:/);
  t.match(await fairlead([...review, '--link-to', 'acme'], folder), {
    code: 2,
    stderr: /"acme" is no address of a page/,
  });
});
