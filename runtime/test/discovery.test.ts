// Instances from files: what is read, what is refused and where, and that last good stays.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { type Diagnostic, formatSpan, type WorkloadInstance } from '../../compiler/index.ts';
import type { DiscoverySource } from '../discovery/discovery-source.ts';
import { InstanceFiles } from '../discovery/files.ts';
import { KnownInstances } from '../discovery/known-instances.ts';
import { parseInstances } from '../discovery/parse-instances.ts';

const good = `instances:
  - name: shoes-v1-0
    namespace: shop
    labels: { app: shoes, version: v1 }
    serviceAccount: shoes
    address: 127.0.0.1
    ports: { http: 18080 }
`;

t.test('a well-formed file', async (t) => {
  const expected = {
    name: 'shoes-v1-0',
    namespace: 'shop',
    labels: { app: 'shoes', version: 'v1' },
    serviceAccount: 'shoes',
    address: '127.0.0.1',
    ports: { http: 18080 },
    healthy: true,
  };
  t.same(parseInstances('i.yaml', good).instances, [expected]);
  t.same(parseInstances('i.json', JSON.stringify({ instances: [expected] })).instances, [expected]);
  t.match(parseInstances('i.yaml', 'instances: [{name: a, namespace: b, address: "::1", healthy: false}]').instances, [
    { serviceAccount: 'default', labels: {}, ports: {}, healthy: false },
  ]);
});

t.test('what is wrong is said with its place', async (t) => {
  const with_ = (from: string, to: string): string => good.replace(from, to);
  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    ['not YAML', 'instances: [ {name: a', 'i.yaml:1:', /^invalid YAML/],
    ['an empty file', '', 'i.yaml:1:1', /list under the key instances/],
    ['no list', 'instances: 3', 'i.yaml:1:1', /list under the key instances/],
    ['no map', 'instances: [3]', 'i.yaml:1:13', /an instance must be a map/],
    ['an unknown field', with_('address:', 'adress:'), 'i.yaml:6:5', /unknown field adress/],
    ['a missing name', with_('- name: shoes-v1-0\n    namespace', '- namespace'), 'i.yaml:2:5', /has no name/],
    ['a host name for an address', with_('127.0.0.1', 'shoes.local'), 'i.yaml:6:14', /IP address, not "shoes.local"/],
    ['a port out of range', with_('18080', '70000'), 'i.yaml:7:20', /ports.http must be a port/],
    ['a label that is a number', with_('v1 }', '1 }'), 'i.yaml:4:36', /labels.version must be a string/],
    ['a word for healthy', `${good}    healthy: maybe\n`, 'i.yaml:8:14', /healthy must be true or false/],
    ['an alias for an instance', 'x: &a {}\ninstances: [*a]', 'i.yaml:1:1', /unknown field x/],
  ];
  for (const [what, text, place, message] of cases) {
    const [first] = parseInstances('i.yaml', text).diagnostics;
    t.match(first?.message, message, what);
    t.match(first?.span && formatSpan(first.span), place, `${what}: place`);
  }
});

t.test('a folder is watched; a bad file keeps what it last said', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-instances-'));
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  write('a.yaml', good);
  write('notes.txt', 'not for us');
  mkdirSync(join(folder, 'sub'));
  let instances: readonly WorkloadInstance[] = [];
  let diagnostics: readonly Diagnostic[] = [];
  let tell = (): void => undefined;
  const files = new InstanceFiles({ path: folder, debounceMs: 5, pollMs: 20 });
  await files.start({
    onInstances: (found) => {
      instances = found;
      tell();
    },
    onDiagnostics: (found) => {
      diagnostics = found;
      tell();
    },
  });
  t.teardown(() => {
    files.close();
    rmSync(folder, { recursive: true });
  });
  const told = (): Promise<void> =>
    new Promise((resolve, reject) => {
      // Watching keeps no process alive; this timer does, and bounds the wait.
      const timer = setTimeout(() => reject(new Error('no change was noticed')), 10_000);
      tell = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const names = (): readonly string[] => instances.map((i) => i.name);
  t.same(names(), ['shoes-v1-0']);

  let next = told();
  write('b.yaml', good.replace('shoes-v1-0', 'shoes-v1-1'));
  await next;
  t.same(names(), ['shoes-v1-0', 'shoes-v1-1'], 'a new file is noticed');

  next = told();
  write('a.yaml', good.replace('127.0.0.1', 'localhost'));
  await next;
  t.match(diagnostics, [{ code: 'FL0807', span: { file: 'a.yaml', start: { line: 6, column: 14 } } }]);
  t.same(names(), ['shoes-v1-0', 'shoes-v1-1'], 'last good stays');

  write('a.yaml', good.replace('shoes-v1-0', 'shoes-v1-1'));
  await files.reload();
  t.match(diagnostics, [
    {
      code: 'FL0808',
      message: /shop\/shoes-v1-1 is listed twice/,
      span: { file: 'b.yaml' },
      related: [{ span: { file: 'a.yaml' } }],
    },
  ]);

  write('a.yaml', good);
  await files.reload();
  t.same(diagnostics, []);
  rmSync(join(folder, 'b.yaml'));
  await files.reload();
  t.same(names(), ['shoes-v1-0'], 'a file that is deleted takes its instances along');
});

t.test('a path that does not exist is a diagnostic', async (t) => {
  let diagnostics: readonly Diagnostic[] = [];
  const files = new InstanceFiles({ path: join(tmpdir(), 'fairlead-no-such-folder') });
  await files.start({
    onInstances: () => undefined,
    onDiagnostics: (found) => {
      diagnostics = found;
    },
  });
  files.close();
  t.match(diagnostics, [{ code: 'FL0806' }]);
});

t.test('every source tells alike: all at the start, all after a change, nothing after the end', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-instances-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'a.yaml');
  const other = good.replace('shoes-v1-0', 'shoes-v1-1');
  writeFileSync(path, good);
  const files = new InstanceFiles({ path, pollMs: 60_000 });
  const known = new KnownInstances();
  known.set(parseInstances('a.yaml', good).instances);
  const sources: readonly { source: DiscoverySource; change: (text: string) => unknown }[] = [
    { source: files, change: (text) => [writeFileSync(path, text), files.reload()][1] },
    { source: known, change: (text) => known.set(parseInstances('a.yaml', text).instances) },
  ];
  for (const { source, change } of sources) {
    const told: string[] = [];
    await source.start({
      onInstances: (found) => void told.push(found.map(({ name }) => name).join()),
      onDiagnostics: (found) => void told.push(`${found.length} findings`),
    });
    t.same(told, ['shoes-v1-0']);
    await change(other);
    await change(other);
    t.same(told, ['shoes-v1-0', 'shoes-v1-1'], 'what stays the same is told once');
    source.close();
    source.close();
    await change(good);
    t.same(told, ['shoes-v1-0', 'shoes-v1-1']);
  }
});
