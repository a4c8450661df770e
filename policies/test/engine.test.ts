// The engine when things go wrong, the bundle's freshness, and policies of the user's own.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { hashSources } from '../build.ts';
import { readBundle, sha256, shippedBundle } from '../bundle.ts';
import { buildBundle, checkPolicies, findOpa, loadPolicies, PolicyBundleError, type PolicyInput } from '../index.ts';

const opa = await findOpa();
const skipWithoutOpa = opa ? false : 'opa is neither in PATH nor in the tool cache';
const scratch = await mkdtemp(join(tmpdir(), 'fairlead-policies-test-'));
t.teardown(() => rm(scratch, { recursive: true, force: true }));

const now = new Date('2026-11-23T12:00:00Z');
const gateway = {
  apiVersion: 'fairlead.dev/v1alpha1',
  kind: 'MeshGateway',
  metadata: { name: 'public', namespace: 'shop' },
  spec: { listeners: [{ name: 'web', hosts: ['*'] }] },
};

function input(object: unknown, more: Partial<PolicyInput> = {}): PolicyInput {
  return {
    object,
    operation: 'CREATE',
    kind: 'MeshGateway',
    apiVersion: 'fairlead.dev/v1alpha1',
    namespace: 'shop',
    name: 'public',
    namespaceLabels: {},
    now: now.toISOString(),
    ...more,
  };
}

/** A folder with one policy of the user's own; `body` follows the metadata. */
async function ownPolicy(
  folder: string,
  body: string,
  metadata = 'enforcement: audit\n#   kinds: [MeshGateway.fairlead.dev]',
) {
  await mkdir(join(scratch, folder, 'my-rule'), { recursive: true });
  const head = `# METADATA\n# title: mine\n# custom:\n#   severity: low\n#   ${metadata}\n`;
  await writeFile(join(scratch, folder, 'my-rule/policy.rego'), head + body);
  return join(scratch, folder);
}

t.test('the committed bundle is made from the committed sources', async (t) => {
  const { manifest, wasm } = await readBundle(shippedBundle);
  t.strictSame(manifest.sources, await hashSources(), 'run "node policies/build.ts" and commit policies/bundle');
  t.equal(manifest.wasm, sha256(wasm));
});

t.test('a rebuild gives the same bytes', { skip: skipWithoutOpa }, async (t) => {
  t.strictSame(await buildBundle([], join(scratch, 'again')), { diagnostics: [] });
  for (const file of ['policy.wasm', 'data.json', 'manifest.json']) {
    t.ok((await readFile(join(scratch, 'again', file))).equals(await readFile(join(shippedBundle, file))), file);
  }
});

t.test('an object too large, or impossible to write down, is refused', async (t) => {
  const engine = await loadPolicies(undefined, { maxInputBytes: 2000 });
  t.match(engine.evaluate(input({ ...gateway, blob: 'x'.repeat(3000) })), [
    { policy: 'policy-engine', enforcement: 'enforce', message: /too large to be judged: \d+ bytes, at most 2000/ },
  ]);
  t.match(engine.evaluate(input({ big: 1n })), [{ policy: 'policy-engine', message: /the policy engine failed/ }]);
  t.match(engine.evaluate(input(gateway)), [{ policy: 'no-wildcard-hosts' }], 'and the next one is judged as ever');
});

t.test('running out of memory is a refusal, and the next evaluation starts afresh', async (t) => {
  const engine = await loadPolicies(undefined, { maxPages: 64 });
  const huge = input({ ...gateway, blob: Array.from({ length: 200_000 }, (_, i) => i) });
  t.match(engine.evaluate(huge), [
    { policy: 'policy-engine', enforcement: 'enforce', message: /the policy engine failed: .+/ },
  ]);
  t.match(engine.evaluate(input(gateway)), [{ policy: 'no-wildcard-hosts' }]);
});

t.test('deep nesting is a refusal or a verdict, never a crash', async (t) => {
  const engine = await loadPolicies();
  let deep: unknown = {};
  for (let i = 0; i < 4000; i++) deep = [deep];
  t.ok(Array.isArray(engine.evaluate(input({ ...gateway, deep }))));
  t.match(engine.evaluate(input(gateway)), [{ policy: 'no-wildcard-hosts' }]);
});

t.test('memory does not grow with the number of evaluations', async (t) => {
  const engine = await loadPolicies(undefined, { maxPages: 40 });
  for (let i = 0; i < 3000; i++) engine.evaluate(input({ ...gateway, blob: `${i}`.repeat(100) }));
  t.match(engine.evaluate(input(gateway)), [{ policy: 'no-wildcard-hosts' }]);
});

t.test('checkPolicies places findings and sorts them', async (t) => {
  const seen: unknown[] = [];
  const locate = (path: readonly (string | number)[]) => {
    seen.push(path);
    return { file: 'gateway.yaml', start: { line: 7, column: 3 }, end: { line: 7, column: 6 } };
  };
  t.match(await checkPolicies([{ object: gateway, locate }], { now }), [
    {
      code: 'FL0601',
      severity: 'error',
      message: 'no-wildcard-hosts: host * catches every host',
      span: { file: 'gateway.yaml' },
    },
  ]);
  t.strictSame(seen, [['spec', 'listeners', 0, 'hosts', 0]]);
  const count = async (...objects: unknown[]) =>
    (await checkPolicies(objects.map((object) => ({ object, locate: () => undefined })))).length;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'shop' },
    spec: { hostNetwork: true, containers: [] },
  };
  const namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', labels: { 'istio-injection': 'enabled' } },
  };
  t.equal(await count(pod), 0);
  t.equal(await count(pod, namespace), 1, 'labels of the namespace count');
  t.equal(await count(null, 7, [], 'x', {}), 0, 'nonsense is not judged');
  t.match(await checkPolicies([], { folder: join(scratch, 'absent') }), [{ code: opa ? 'FL0605' : 'FL0604' }]);
});

t.test('policies of the user join the shipped ones', { skip: skipWithoutOpa }, async (t) => {
  const folder = await ownPolicy(
    'good',
    'package fairlead.policies.my_rule\n\nviolations contains {"message": $"name {input.name}", "path": ["metadata", "name"]} if input.operation == "CREATE"\n',
  );
  t.strictSame(await buildBundle([folder], join(scratch, 'out')), { diagnostics: [] });
  const engine = await loadPolicies(join(scratch, 'out'));
  t.match(engine.evaluate(input(gateway)), [
    { policy: 'my-rule', enforcement: 'audit', message: 'name public', path: ['metadata', 'name'] },
    { policy: 'no-wildcard-hosts', enforcement: 'enforce' },
  ]);
});

t.test('a policy that answers nonsense refuses by name', { skip: skipWithoutOpa }, async (t) => {
  const folder = await ownPolicy(
    'nonsense',
    'package fairlead.policies.my_rule\n\nviolations contains {"text": "x"} if input.name\n',
  );
  t.strictSame(await buildBundle([folder], join(scratch, 'out2')), { diagnostics: [] });
  const engine = await loadPolicies(join(scratch, 'out2'));
  t.match(engine.evaluate(input({})), [
    { policy: 'policy-engine', enforcement: 'enforce', message: /policy my-rule returned/ },
  ]);
});

const broken: [name: string, body: string, metadata: string | undefined, expected: object][] = [
  [
    'a syntax error',
    'package fairlead.policies.my_rule\n\nviolations contains {',
    undefined,
    { span: { start: { line: 9 } } },
  ],
  [
    'a builtin that needs the network',
    'package fairlead.policies.my_rule\n\nviolations contains http.send({"url": input.name})\n',
    undefined,
    { message: /http\.send/, span: { start: { line: 9 } } },
  ],
  [
    'another package',
    'package rules\n\nviolations contains "x" if input.name\n',
    undefined,
    { message: /not in the package of its name/ },
  ],
  [
    'no violations',
    'package fairlead.policies.my_rule\n\ndeny := true\n',
    undefined,
    { message: /has no rule "violations"/ },
  ],
  [
    'an unknown enforcement',
    'package fairlead.policies.my_rule\n\nviolations contains "x" if input.name\n',
    'enforcement: dryrun',
    { message: /has the enforcement "dryrun", expected enforce, warn or audit/ },
  ],
];
t.test('a policy that cannot be used is refused at its place', { skip: skipWithoutOpa }, async (t) => {
  for (const [i, [name, body, metadata, expected]] of broken.entries()) {
    const folder = await ownPolicy(`broken-${i}`, body, metadata);
    const { diagnostics } = await buildBundle([folder], join(scratch, 'never'));
    t.match(diagnostics.slice(0, 1), [{ code: 'FL0605', severity: 'error', ...expected }], name);
    if (diagnostics[0]?.span)
      t.equal(diagnostics[0].span.file, join(folder, 'my-rule/policy.rego'), "names the user's file");
  }
  const shadow = join(scratch, 'shadow');
  await mkdir(join(shadow, 'owner-label'), { recursive: true });
  await writeFile(join(shadow, 'owner-label/policy.rego'), 'package x\n');
  t.match(await buildBundle([shadow], join(scratch, 'never')), {
    diagnostics: [{ message: /has the name of another policy/ }],
  });
  t.match(await buildBundle([join(scratch, 'absent')], join(scratch, 'never')), {
    diagnostics: [{ message: /cannot be read/ }],
  });
});

t.test('without opa, and without a bundle, the message says what to do', async (t) => {
  t.equal(await findOpa({ PATH: '/nonexistent', FAIRLEAD_TOOLS: '/nonexistent' }), undefined);
  await mkdir(join(scratch, 'damaged'), { recursive: true });
  await writeFile(join(scratch, 'damaged/policy.wasm'), 'not wasm');
  await writeFile(join(scratch, 'damaged/data.json'), '{"catalogue":{}}');
  await writeFile(join(scratch, 'damaged/manifest.json'), '{"wasm":"0"}');
  for (const folder of ['absent', 'damaged']) {
    const error = await loadPolicies(join(scratch, folder)).catch((e: unknown) => e);
    t.type(error, PolicyBundleError);
    t.match((error as PolicyBundleError).diagnostics[0], {
      code: 'FL0607',
      message: /cannot be loaded/,
      hint: /policies\/build/,
    });
  }
});
