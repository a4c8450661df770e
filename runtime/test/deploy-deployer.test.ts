// The deployer against a control plane double that can be told to refuse or to keep silent: what is live after each commit.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { ProxySnapshot, ProxyTarget } from '../../compiler/backends/envoy/proxy-snapshot.ts';
import { type Diagnostic, makeDiagnostic } from '../../compiler/diagnostics/index.ts';
import type { CommitReport, ProxyAck } from '../control-plane/ledger.ts';
import { type DeployRecord, fileStore } from '../deploy/deploy-record.ts';
import type { CompiledCommit } from '../deploy/deploy-target.ts';
import { Deployer, type DeployerOptions } from '../deploy/deployer.ts';
import { ProxySnapshots } from '../deploy/proxy-snapshots.ts';
import { type ProxyPublisher, xdsTarget } from '../deploy/xds-target.ts';
import { meshOf } from './support/hand-made-mesh.ts';

const target: ProxyTarget = { workload: 'shop/shoes', placement: { mode: 'redirect' } };
const place = { file: 'shoes.yaml', start: { line: 3, column: 5 }, end: { line: 3, column: 9 } };

/** Routes go to the clusters; a commit is named for them, as in `v1,v2`. */
function snapshot(commit: string): ProxySnapshot {
  const clusters = commit.replace(/#.*/, '').split(',');
  return {
    workload: target.workload,
    identity: 'spiffe://cluster.local/ns/shop/sa/shoes',
    listeners: [],
    routes: [{ name: 'http', virtualHosts: [{ name: commit }] }],
    clusters: clusters.map((name) => ({ name })),
    endpoints: [],
    secrets: [],
    origins: new Map(),
  };
}

function compile(commit: string): CompiledCommit<ProxySnapshots> {
  if (commit === 'bad') {
    const broken = makeDiagnostic('FL0846', { message: 'the intent is wrong', span: place });
    return { commit, diagnostics: [broken] };
  }
  return {
    commit,
    diagnostics: [],
    mesh: meshOf({ name: commit }),
    desired: new ProxySnapshots(() => snapshot(commit)),
  };
}

const refusal = makeDiagnostic('FL0853', { message: 'route refused', span: place });

/** A control plane with one proxy. `published` lists what that proxy was given, as `label: routes | clusters`. */
class Double implements ProxyPublisher {
  readonly published: string[] = [];
  readonly calls: string[] = [];
  /** What the proxy says to a label; it accepts the rest. A promise keeps it silent until then. */
  readonly answers = new Map<string, ProxyAck['state'] | Promise<ProxyAck['state']>>();
  preparation: readonly Diagnostic[] = [];

  proxies() {
    return [{ key: 'shoes-0', target }];
  }

  publish({
    commit,
    snapshotFor,
  }: {
    commit: string;
    snapshotFor: (target: ProxyTarget) => ProxySnapshot | undefined;
  }) {
    const given = snapshotFor(target);
    const clusters = given?.clusters.map(({ name }) => name).join(',');
    this.published.push(`${commit}: ${given?.routes[0]?.virtualHosts?.[0]?.name} | ${clusters}`);
  }

  async waitFor(commit: string): Promise<CommitReport> {
    const state = (await this.answers.get(commit)) ?? 'acked';
    const diagnostics = state === 'nacked' ? [refusal] : [];
    return { commit, outcome: state, proxies: [{ node: 'shoes-0', workload: target.workload, state, diagnostics }] };
  }

  async prepare({ commit }: { commit: string }) {
    this.calls.push(`prepare ${commit}`);
    return this.preparation;
  }

  async settle(live: { commit: string } | undefined) {
    this.calls.push(`settle ${live?.commit}`);
  }
}

function setUp(t: Test, options: Partial<DeployerOptions<ProxySnapshots>> = {}) {
  const double = new Double();
  const deployer = new Deployer({ compile, target: xdsTarget(double), ...options });
  t.teardown(() => deployer.close());
  const deploy = async (commit: string): Promise<DeployRecord> => {
    deployer.submit(commit);
    await deployer.idle();
    const record = deployer.record(commit);
    if (!record) throw new Error(`no record of ${commit}`);
    return record;
  };
  return { double, deployer, deploy };
}

t.test('a good commit goes live in its phases', async (t) => {
  const { double, deployer, deploy } = setUp(t);
  t.match(await deploy('v1'), { state: 'deployed', diagnostics: [], phases: [{ name: 'make', affected: 1 }] });
  t.match(await deploy('v2'), { state: 'deployed', phases: [{ name: 'make' }, { name: 'switch' }, { name: 'break' }] });
  t.match(await deploy('v2#weights'), { state: 'deployed', phases: [{ name: 'switch', affected: 1 }] });
  t.same(double.published, [
    'v1: v1 | v1',
    'v2+make: v1 | v1,v2',
    'v2+switch: v2 | v1,v2',
    'v2: v2 | v2',
    'v2#weights: v2#weights | v2',
  ]);
  t.equal(deployer.lastGood, 'v2#weights');
  t.same(double.calls.slice(0, 2), ['prepare v1', 'settle v1']);
  const again = await deploy('v2#weights');
  t.match(
    again,
    { state: 'deployed', phases: [{ name: 'break', affected: 0 }] },
    'nothing to change, and yet acknowledged',
  );
});

t.test('a bad commit is refused and touches nothing', async (t) => {
  const check = (next: CompiledCommit<ProxySnapshots>) =>
    next.commit === 'forbidden' ? [makeDiagnostic('FL0846', { message: 'against the rules' })] : [];
  const { double, deployer, deploy } = setUp(t, { check });
  await deploy('v1');
  t.match(await deploy('bad'), { state: 'refused', diagnostics: [{ span: place }] });
  t.match(await deploy('forbidden'), { state: 'refused', diagnostics: [{ message: 'against the rules' }] });
  t.same(double.published, ['v1: v1 | v1']);
  t.equal(deployer.lastGood, 'v1');
  double.preparation = [makeDiagnostic('FL0854', { message: 'no envoy' })];
  t.match(
    await deploy('v2'),
    { state: 'failed', diagnostics: [{ code: 'FL0854' }] },
    'what it needs cannot be brought up',
  );
  t.equal(double.calls.at(-1), 'settle v1', 'and what was brought up goes');
});

t.test('a rejected commit is rolled back in phases', async (t) => {
  const { double, deployer, deploy } = setUp(t);
  await deploy('v1');
  double.answers.set('v2+switch', 'nacked');
  const record = await deploy('v2');
  t.match(record, { state: 'failed', rolledBackTo: 'v1', diagnostics: [{ code: 'FL0843', span: place }, refusal] });
  t.same(double.published.slice(1), [
    'v2+make: v1 | v1,v2',
    'v2+switch: v2 | v1,v2',
    'v1+switch: v1 | v1,v2',
    'v1: v1 | v1',
  ]);
  t.equal(deployer.lastGood, 'v1');
  t.equal(double.calls.at(-1), 'settle v1');
  double.answers.clear();
  t.match(await deploy('v2'), { state: 'deployed' }, 'the same commit again, once the proxy is mended');
});

t.test('silence ends in a rollback as well', async (t) => {
  const { double, deploy } = setUp(t);
  await deploy('v1');
  double.answers.set('v2', 'pending');
  t.match(await deploy('v2'), {
    state: 'failed',
    diagnostics: [{ code: 'FL0844', message: /not acknowledged in time by shoes-0/ }],
  });
  double.answers.set('v1', 'pending');
  const record = await deploy('v2');
  t.same(
    record.diagnostics.map(({ code }) => code),
    ['FL0844', 'FL0845'],
    'and a rollback that is not acknowledged is told too',
  );
});

t.test('a first commit that is rejected leaves nothing to go back to', async (t) => {
  const { double, deployer, deploy } = setUp(t);
  double.answers.set('v1', 'nacked');
  const record = await deploy('v1');
  t.equal(record.state, 'failed');
  t.notOk('rolledBackTo' in record);
  t.equal(deployer.lastGood, undefined);
});

t.test('of several commits the newest is deployed, and each has a record', async (t) => {
  const seen: string[] = [];
  const { double, deployer } = setUp(t, { onRecord: ({ commit, state }) => void seen.push(`${commit} ${state}`) });
  let accept: (state: ProxyAck['state']) => void = () => {};
  double.answers.set('v1', new Promise((resolve) => (accept = resolve)));
  deployer.submit('v0');
  deployer.submit('v1');
  while (double.published.length < 1) await new Promise((resolve) => setImmediate(resolve));
  const waiting = deployer.waitForCommit('v4', { timeoutMs: 10_000 });
  deployer.submit('v2');
  deployer.submit('v4', ['v3']);
  accept('acked');
  t.match(await waiting, { state: 'deployed' });
  t.same(
    deployer.history().map(({ commit, state, supersededBy }) => [commit, state, supersededBy]),
    [
      ['v4', 'deployed', undefined],
      ['v3', 'superseded', 'v4'],
      ['v2', 'superseded', 'v4'],
      ['v1', 'deployed', undefined],
      ['v0', 'superseded', 'v1'],
    ],
  );
  t.same(double.published[0], 'v1: v1 | v1');
  t.ok(seen.includes('v4 deploying'));
  // The deployer's own timers keep no process alive.
  const alive = setTimeout(() => {}, 10_000);
  t.equal(await deployer.waitForCommit('unseen', { timeoutMs: 1 }), undefined);
  clearTimeout(alive);
});

t.test('a commit that comes just as the last one ends is not forgotten', async (t) => {
  const { deployer } = setUp(t);
  const alive = setTimeout(() => {}, 20_000);
  for (let ticks = 0; ticks < 8; ticks++) {
    deployer.submit(`v1#${ticks}`);
    await deployer.waitForCommit(`v1#${ticks}`, { timeoutMs: 10_000 });
    for (let i = 0; i < ticks; i++) await Promise.resolve();
    deployer.submit(`v2#${ticks}`);
    t.match(await deployer.waitForCommit(`v2#${ticks}`, { timeoutMs: 10_000 }), { state: 'deployed' });
  }
  clearTimeout(alive);
});

t.test('what breaks inside is a record, not an exception', async (t) => {
  const { deploy } = setUp(t, {
    compile: (commit) => {
      if (commit === 'v2') throw new Error('boom');
      return compile(commit);
    },
  });
  await deploy('v1');
  t.match(await deploy('v2'), { state: 'failed', diagnostics: [{ code: 'FL0001', message: /boom/ }] });
  t.match(await deploy('v1#again'), { state: 'deployed' }, 'and the next one is deployed');
  const empty = setUp(t, { compile: (commit) => ({ commit, diagnostics: [] }) });
  t.match(await empty.deploy('v1'), { state: 'refused', diagnostics: [{ code: 'FL0846' }] });
});

t.test('close interrupts, and the next process goes on from the last good commit', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-deploy-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const store = fileStore(join(folder, 'history.json'));
  const first = setUp(t, { store });
  await first.deploy('v1');
  first.double.answers.set('v2+make', new Promise(() => {}));
  first.deployer.submit('v2');
  while (first.double.published.length < 2) await new Promise((resolve) => setImmediate(resolve));
  await first.deployer.close();
  first.deployer.submit('v3');
  t.same(first.double.published, ['v1: v1 | v1', 'v2+make: v1 | v1,v2'], 'nothing after the end');

  const second = setUp(t, { store });
  t.equal(second.deployer.lastGood, 'v1');
  await second.deployer.resume('bad');
  t.match(await second.deploy('bad'), { state: 'refused' });
  t.same(second.double.published, ['v1: v1 | v1'], 'the last good commit is live although the tip is bad');
});
