// What wide questions cost: each input at each width, asked by each command, in a process of its own. Time is from the start of the process.
import { spawnSync } from 'node:child_process';
import {
  createCompiler,
  explainRequest,
  indexMesh,
  type Mesh,
  reach,
  renderReviewText,
  reviewMeshes,
  type SourceTree,
} from '../../compiler/index.ts';
import { describeOpenings } from '../../webhook/validate/openings.ts';
import { type Bench, type BenchRow, peakMemoryMb } from './bench.ts';
import { type WideInput, wideInputs } from './wide-inputs.ts';
import { wideTree } from './wide-intent.ts';

interface Measured {
  /** Of processor time, all threads together: other work on the machine does not count. */
  readonly ms: number;
  readonly wallMs: number;
  readonly peakMb: number;
  /** `exact`, or what was not analysed. */
  readonly answer: string;
}

type Command = (trees: { readonly base: SourceTree; readonly head: SourceTree }) => string;

const commands: Readonly<Record<string, Command>> = {
  check: ({ head }) => {
    compiled(head);
    return 'exact';
  },
  explain: ({ head }) => {
    const request = { method: 'GET', scheme: 'http', host: 'shoes', port: 80, path: '/p1/a', headers: {} } as const;
    return explainRequest(indexMesh(compiled(head)), { from: 'shop/inventory', request }) ? 'exact' : 'nothing';
  },
  reach: ({ head }) => answerOf(JSON.stringify(reach(compiled(head), { to: 'shop/shoes' }))),
  review: ({ base, head }) => answerOf(renderReviewText(reviewMeshes(compiled(base), compiled(head)))),
  admission: ({ base, head }) => {
    const found = describeOpenings(compiled(base), compiled(head));
    return answerOf(found.map(({ diagnostic }) => diagnostic.message).join('\n'));
  },
};

function compiled(tree: SourceTree): Mesh {
  const { mesh, diagnostics } = createCompiler().compile(tree);
  if (!mesh) throw new Error(`${diagnostics[0]?.code} ${diagnostics[0]?.message}`);
  return mesh;
}

function answerOf(text: string): string {
  return /not analysed: [^;\n"]*/.exec(text)?.[0] ?? 'exact';
}

export const analysisBench: Bench = {
  name: 'analysis',
  title: 'Wide questions: from the start of a fresh process to the answer (to reach: 2 s and 300 MB at every width)',
  async *run({ quick }): AsyncIterable<BenchRow> {
    const widths = quick ? [10, 20] : [10, 20, 50, 100, 200];
    for (const input of wideInputs) {
      for (const command of Object.keys(commands)) {
        const runs = widths.map((n) => ({ n, ...inFreshProcess(input, command, n) }));
        const worst = runs.toSorted((a, b) => b.ms - a.ms)[0];
        const times = runs.map(
          ({ n, ms, answer }) => `${n}: ${Math.round(ms)}${answer === 'exact' ? '' : ` (${answer})`}`,
        );
        const peak = Math.round(Math.max(...runs.map(({ peakMb }) => peakMb)));
        yield {
          what: `${input.name}; ${command}`,
          value: worst?.ms ?? 0,
          unit: 'ms',
          note: `${times.join(', ')}; ${peak} MB`,
        };
      }
    }
  },
};

const timeoutMs = 60_000;

function inFreshProcess({ name }: WideInput, command: string, n: number): Measured {
  const run = spawnSync(process.execPath, [import.meta.filename, name, command, String(n)], {
    encoding: 'utf8',
    timeout: timeoutMs,
  });
  if (run.status !== 0) {
    const error =
      /^(?:\w*Error|fatal error|FATAL ERROR): .*$/im.exec(run.stderr)?.[0] ?? String(run.error ?? run.signal);
    return { ms: timeoutMs, wallMs: timeoutMs, peakMb: 0, answer: `failed: ${error}` };
  }
  return JSON.parse(run.stdout) as Measured;
}

if (process.argv[1] === import.meta.filename) {
  const [, , name = '', command = '', width = ''] = process.argv;
  const input = wideInputs.find((one) => one.name === name);
  const ask = commands[command];
  if (!input || !ask) throw new Error(`no input "${name}" or command "${command}"`);
  const [base, head] = [false, true].map((isChanged) => wideTree(input, Number(width), isChanged));
  if (!base || !head) throw new Error('no trees');
  const answer = ask({ base, head });
  const { user, system } = process.cpuUsage();
  console.log(
    JSON.stringify({
      ms: Math.round((user + system) / 1000),
      wallMs: Math.round(performance.now()),
      peakMb: peakMemoryMb(),
      answer,
    } satisfies Measured),
  );
}
