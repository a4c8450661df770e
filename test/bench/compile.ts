// How long a compile takes, cold and after a change of one file, and how much memory it needs, from 100 to 10,000 services.
import { spawnSync } from 'node:child_process';
import {
  createCompiler,
  emitIstio,
  keyOf,
  planEnvoy,
  renderIstio,
  type SourceTree,
  snapshotFor,
} from '../../compiler/index.ts';
import { type Bench, type BenchRow, median, peakMemoryMb, timed } from './bench.ts';
import { changeOneRoute, generateTree } from './generate.ts';

interface Measured {
  readonly coldMs: number;
  readonly warmMs: number;
  readonly peakMb: number;
}

export const compileBench: Bench = {
  name: 'compile',
  title: 'Compile: intent to Istio objects (rendered) and one Envoy snapshot per workload',
  async *run({ quick }): AsyncIterable<BenchRow> {
    for (const count of quick ? [100] : [100, 1000, 10_000]) {
      const runs = Array.from({ length: quick || count > 1000 ? 1 : 3 }, () => inFreshProcess(count));
      const note = `median of ${runs.length} fresh processes`;
      const size = count.toLocaleString('en');
      yield {
        what: `${size} services, cold, both targets`,
        value: median(runs.map((r) => r.coldMs)),
        unit: 'ms',
        note,
      };
      yield {
        what: `${size} services, one file changed`,
        value: median(runs.map((r) => r.warmMs)),
        unit: 'ms',
        note: 'to the new model; median of 5 changes',
      };
      yield { what: `${size} services, peak memory`, value: Math.max(...runs.map((r) => r.peakMb)), unit: 'MB' };
    }
  },
};

/** A process of its own a run: nothing is warm, and peak memory is that of one compile. */
function inFreshProcess(count: number): Measured {
  const run = spawnSync(process.execPath, [import.meta.filename, String(count)], {
    encoding: 'utf8',
    maxBuffer: 1 << 20,
  });
  if (run.status !== 0) throw new Error(`the compile of ${count} services failed: ${run.stderr}`);
  return JSON.parse(run.stdout) as Measured;
}

async function measure(count: number): Promise<Measured> {
  const tree = generateTree(count);
  const compiler = createCompiler();
  const { ms: coldMs } = await timed(() => compileBoth(compiler, tree));
  const peakMb = peakMemoryMb();
  const warm: number[] = [];
  for (let run = 0; run < 5; run++) {
    const changed = changeOneRoute(tree, Math.floor(count / 2), count, 80 - run);
    warm.push((await timed(() => compiler.compile(changed))).ms);
  }
  return { coldMs, warmMs: median(warm), peakMb };
}

function compileBoth(compiler: ReturnType<typeof createCompiler>, tree: SourceTree): number {
  const { mesh, diagnostics } = compiler.compile(tree);
  if (!mesh) throw new Error(diagnostics[0]?.message ?? 'no mesh');
  let bytes = renderIstio(emitIstio(mesh).objects).length;
  const plan = planEnvoy(mesh);
  for (const workload of mesh.workloads) {
    const snapshot = snapshotFor(plan, { workload: keyOf(workload), placement: { mode: 'redirect' } });
    bytes += snapshot?.clusters.length ?? 0;
  }
  return bytes;
}

if (process.argv[1] === import.meta.filename) console.log(JSON.stringify(await measure(Number(process.argv[2]))));
