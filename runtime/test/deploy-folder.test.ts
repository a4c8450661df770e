// The deployer with a target that knows neither proxies nor snapshots: Istio objects in a folder, for readers that never may find
// a route to a subset that is not defined.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import {
  compile,
  type Diagnostic,
  emitIstio,
  type IstioObject,
  makeDiagnostic,
  validateIstioObject,
} from '../../compiler/index.ts';
import { type DeployRecord, fileStore } from '../deploy/deploy-record.ts';
import type { CompiledCommit } from '../deploy/deploy-target.ts';
import { Deployer } from '../deploy/deployer.ts';
import { FolderTarget, type Reader, subsetsOf } from './support/folder-target.ts';

/** `shoes` with these versions, each getting a share; a commit is named for them, as in `v1,v2`. */
function compileCommit(commit: string): CompiledCommit<readonly IstioObject[]> {
  const versions = commit.split(',');
  const share = Math.floor(100 / versions.length);
  const text = JSON.stringify({
    apiVersion: 'fairlead.dev/v1alpha1',
    kind: 'MeshService',
    metadata: { name: 'shoes', namespace: 'shop' },
    spec: {
      ports: [{ name: 'http', port: 80 }],
      versions: Object.fromEntries(versions.map((version) => [version, { version }])),
      routes: [{ to: versions.map((version) => ({ version, weight: share })) }],
    },
  });
  const { mesh, diagnostics } = compile({ label: commit, files: [{ path: 'shoes.yaml', text }], diagnostics: [] });
  return { commit, diagnostics, ...(mesh && { mesh, desired: emitIstio(mesh, { commit }).objects }) };
}

function judge(objects: readonly IstioObject[]): readonly Diagnostic[] {
  const defined = new Set(objects.flatMap(subsetsOf).map(({ name }) => name));
  const named = objects
    .filter(({ kind }) => kind === 'VirtualService')
    .flatMap(({ spec }) => [...JSON.stringify(spec).matchAll(/"subset":"([^"]+)"/g)].map(([, name = '']) => name));
  const dangling = named.filter((name) => !defined.has(name));
  const malformed = objects.flatMap((object) => validateIstioObject(object));
  return [...dangling.map((name) => `no subset ${name}`), ...malformed.map((fault) => fault.message)].map((message) =>
    makeDiagnostic('FL0853', { message }),
  );
}

interface World {
  readonly folder: string;
  readonly deployer: Deployer<readonly IstioObject[]>;
  /** Labels that the reader refuses. */
  readonly refused: Set<string>;
  /** What the reader saw at each label: the subsets defined. */
  readonly seen: string[];
  deploy(commit: string): Promise<DeployRecord | undefined>;
}

function setUp(t: Test, folder = mkdtempSync(join(tmpdir(), 'fairlead-folder-'))): World {
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const refused = new Set<string>();
  const seen: string[] = [];
  const reader: Reader = (objects, label) => {
    seen.push(
      `${label}: ${objects
        .flatMap(subsetsOf)
        .map(({ name }) => name)
        .toSorted()
        .join()}`,
    );
    return refused.has(label) ? [makeDiagnostic('FL0853', { message: 'not to my liking' })] : judge(objects);
  };
  const target = new FolderTarget(join(folder, 'objects'), new Map([['istiod', reader]]));
  const store = fileStore(join(folder, 'history.json'));
  const deployer = new Deployer({ compile: compileCommit, target, store });
  const deploy = async (commit: string) => {
    deployer.submit(commit);
    await deployer.idle();
    return deployer.record(commit);
  };
  return { folder, deployer, refused, seen, deploy };
}

t.test('objects are there before traffic turns to them, and go after it has left', async (t) => {
  const { seen, deploy } = setUp(t);
  t.match(await deploy('v1,v2'), { state: 'deployed', diagnostics: [] });
  seen.length = 0;
  t.match(await deploy('v2,v3'), {
    state: 'deployed',
    phases: [
      { name: 'needed', affected: 1 },
      { name: 'traffic', affected: 1 },
      { name: 'prune', affected: 1 },
    ],
  });
  t.same(seen, ['v2,v3+needed: v1,v2,v3', 'v2,v3+traffic: v1,v2,v3', 'v2,v3: v2,v3']);
  t.match(await deploy('v2,v3'), { state: 'deployed', phases: [{ name: 'prune', affected: 0 }] }, 'nothing to change');
});

t.test('what a reader refuses is taken back by the same steps', async (t) => {
  const { folder, deployer, refused, seen, deploy } = setUp(t);
  await deploy('v1');
  refused.add('v2+traffic');
  seen.length = 0;
  const record = await deploy('v2');
  t.match(record, { state: 'failed', rolledBackTo: 'v1' });
  t.match(record?.diagnostics, [
    { code: 'FL0843', message: 'commit v2 was rejected by istiod', hint: /^the readers keep the last good commit/ },
    { message: 'not to my liking' },
  ]);
  t.same(seen.slice(0, 2), ['v2+needed: v1,v2', 'v2+traffic: v1,v2']);
  t.equal(seen.at(-1), 'v1: v1');
  t.equal(deployer.lastGood, 'v1');
  t.match(await deploy('v1,nonsense!'), { state: 'refused' }, 'the compiler has its say as well');
  t.ok(readdirSync(join(folder, 'objects')).length > 1);
});

t.test('the next process finds what the last one left, and prunes it', async (t) => {
  const first = setUp(t);
  await first.deploy('v1,v2');
  await first.deployer.close();
  const second = setUp(t, first.folder);
  t.equal(second.deployer.lastGood, 'v1,v2');
  t.equal(second.deployer.live, undefined, 'the deployer itself has nothing live');
  t.match(await second.deploy('v2'), { state: 'deployed' });
  t.same(second.seen, ['v2+needed: v1,v2', 'v2+traffic: v1,v2', 'v2: v2']);
});
