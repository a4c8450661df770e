// What can be said to Fairlead and what it says of itself is documented: options, variables, files, metrics, fields of logs, codes.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import t from 'tap';
import { ciTargets } from '../cli/sides.ts';
import { buildProgram } from '../cli/program.ts';
import { type Direction, loggedFields } from '../compiler/backends/envoy/access-log.ts';
import { findCode } from '../compiler/index.ts';
import { compareGolden } from '../compiler/test/support/golden.ts';
import { createMeshAuthorities } from '../runtime/ca/authorities.ts';
import { ControlPlane } from '../runtime/control-plane/control-plane.ts';
import { collectMetrics } from '../runtime/control-plane/metrics.ts';
import { appEnvironment } from '../runtime/local/fleet.ts';
import { parseLocalFile } from '../runtime/local/local-file.ts';
import { makeMetrics } from '../webhook/metrics.ts';
import { quietIo } from './support/cli.ts';

const root = join(import.meta.dirname, '..');
const read = (page: string) => readFileSync(join(root, page), 'utf8');
const commands = read('docs/commands.md');
const operations = read('docs/operations.md');
const sourcesOf = (room: string) =>
  globSync(`${room}/**/*.ts`, { cwd: root })
    .filter((path) => !/\/test\/|\/proto\//.test(path))
    .map(read)
    .join('\n');
const sources = sourcesOf('{cli,compiler,policies,runtime,webhook}');

t.test('the page of commands holds the help of each', (t) => {
  const start = commands.indexOf('## Every command\n') + '## Every command\n'.length;
  compareGolden(t, join(root, 'docs/commands.md'), `${commands.slice(0, start)}\n${helpOfAll()}`);
  t.end();
});

t.test('every variable of the environment that is read is described, and every one described is read', (t) => {
  const [, ours = '', programs = ''] = commands.split(/\| variable \| .*\n\|---\|---\|\n/);
  const described = new Set(namesOf(ours.slice(0, ours.indexOf('\n\n'))));
  const found = [...sources.matchAll(/\benv\.([A-Z][A-Z\d_]+)/g)].map(([, name = '']) => name);
  for (const name of [...new Set(found), ...ciTargets]) t.ok(described.has(name), `${name} is described`);
  for (const name of described) t.ok(sources.includes(name), `${name} is read`);

  const place = { address: '127.0.0.2', port: 80 };
  const instance = { name: 'x', version: '', labels: {}, workload: { name: 'x', namespace: 'y' }, listen: [place] };
  const placement = { outboundHttp: place, outboundTcp: {} };
  const told = appEnvironment({ ...instance, placement } as unknown as Parameters<typeof appEnvironment>[0]);
  t.strictSame(namesOf(programs.slice(0, programs.indexOf('\n\n'))).toSorted(), Object.keys(told).toSorted());
  t.end();
});

t.test('the local.yaml that is shown can be read, and shows every field', (t) => {
  const [, text = ''] = /```yaml\n(default:.*?)```/s.exec(commands) ?? [];
  const { local, diagnostics } = parseLocalFile(text, 'local.yaml', '/');
  t.strictSame(diagnostics, []);
  t.match(local, {
    fallback: { command: ['node', 'services/service.mjs'] },
    apps: [{ service: 'shop/shoes', version: 'v2', env: { COLOUR: 'red' }, replicas: 2 }],
    standIns: [
      { kind: 'external', port: 80 },
      { kind: 'workload', port: 5432 },
    ],
  });
  t.end();
});

t.test('every file that is written by name is described', (t) => {
  const names = [...sources.matchAll(/(?:Name = |, )'([.\w-]+\.(?:json|key|pem|yaml|git)|\.fairlead[\w-]+)'/g)];
  t.ok(names.length > 5, 'there are some');
  // Parts of the package, and the name that standard input has in findings.
  const others = ['capabilities.json', 'data.json', 'manifest.json', 'stdin.yaml'];
  for (const [, name = ''] of names) if (!others.includes(name)) t.ok(commands.includes(`${name}\``), name);
  t.end();
});

t.test('every metric is described, and every one described exists', async (t) => {
  const authorities = await createMeshAuthorities({ trustDomain: 'cluster.local' });
  const plane = new ControlPlane({ authorities });
  t.teardown(() => plane.close());
  const ofPlane = collectMetrics(plane);
  const webhook = await makeMetrics(() => 1).registry.metrics();
  const found = [...`${await ofPlane.text()}\n${webhook}`.matchAll(/^# HELP (\w+)/gm)].map(([, name = '']) => name);
  ofPlane.stop();
  const table = sectionOf(operations, 'Everything that is measured');
  t.strictSame(namesOf(table).filter(isMetric).toSorted(), found.toSorted());
  for (const name of namesOf(operations).filter(isMetric)) t.ok(found.includes(name.replace(/\{.*/, '')), name);
});

t.test('every field of an access log is described, and every one described exists', (t) => {
  const directions: readonly Direction[] = ['inbound', 'outbound', 'gateway'];
  const fields = directions.flatMap((direction) =>
    (['http', 'tcp'] as const).flatMap((layer) =>
      Object.keys(loggedFields(layer, { direction, listener: 'x', workload: 'y/z', port: 80 })),
    ),
  );
  const table = sectionOf(operations, 'Everything that is logged').split('| field | of |')[1] ?? '';
  t.strictSame(namesOf(table).toSorted(), [...new Set(fields)].toSorted());
  t.end();
});

t.test('every event of the log is described, and every one described exists', (t) => {
  const events = [...sourcesOf('webhook').matchAll(/\bevent: '([a-z-]+)'/g)].map(([, name = '']) => name);
  const table = sectionOf(operations, 'Everything that is logged').split('| field | of |')[0] ?? '';
  t.strictSame(
    namesOf(table)
      .filter((name) => name !== 'event')
      .toSorted(),
    [...new Set(events)].toSorted(),
  );
  t.end();
});

t.test('the codes that the documentation names exist', (t) => {
  for (const page of ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...globSync('docs/*.md', { cwd: root })]) {
    for (const [code] of read(page).matchAll(/\bFL\d{4}\b/g)) t.ok(findCode(code), `${page}: ${code}`);
  }
  t.end();
});

const isMetric = (name: string) => /^fairlead_\w+_(?:total|seconds|proxies)/.test(name);

/** The names in the first column of a table, where they stand between backticks. */
function namesOf(table: string): string[] {
  return [...table.matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  );
}

function sectionOf(page: string, title: string): string {
  return page.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
}

/** As a user sees it who has 100 columns. */
function helpOfAll(): string {
  let written = '';
  const write = (text: string) => {
    written += text;
  };
  const io = { ...quietIo(root), stdout: write, stderr: write };
  const sections: string[] = [];
  const visit = (command: Command, name: string) => {
    const shown = command.createHelp().visibleCommands(command);
    command.configureHelp({ helpWidth: 100 });
    written = '';
    command.outputHelp();
    sections.push(`### ${name}\n\n\`\`\`text\n${written.trimEnd()}\n\`\`\`\n`);
    for (const inner of shown) if (inner.name() !== 'help') visit(inner, `${name} ${inner.name()}`);
  };
  visit(
    buildProgram(io, '0', () => {}),
    'fairlead',
  );
  return sections.join('\n');
}
