// What wide questions cost: each input at each width, asked by each command, in a process of its own. Time is from the start of the process.
// node test/bench/analysis.ts 'INPUT' COMMAND WIDTH asks one of them; needs `make build`.
import type { Bench, BenchRow } from './bench.ts';
import { askWide, commandNames } from './wide-commands.ts';
import { wideInputs } from './wide-inputs.ts';

export const analysisBench: Bench = {
  name: 'analysis',
  title: 'Wide questions: from the start of a fresh process to the answer (to reach: 2 s and 300 MB at every width)',
  async *run({ quick }): AsyncIterable<BenchRow> {
    const widths = quick ? [10, 20] : [10, 20, 50, 100, 200];
    for (const input of wideInputs) {
      for (const command of commandNames) {
        const runs = widths.map((n) => ({ n, ...askWide(input, command, n) }));
        const worst = runs.toSorted((a, b) => b.wallMs - a.wallMs)[0];
        const times = runs.map(({ n, wallMs, answer }) => `${n}: ${wallMs}${answer === 'exact' ? '' : ` (${answer})`}`);
        const peak = Math.max(...runs.map(({ peakMb }) => peakMb));
        const cpu = `${worst?.ms} ms of processor time`;
        yield {
          what: `${input.name}; ${command}`,
          value: worst?.wallMs ?? 0,
          unit: 'ms',
          note: `${times.join(', ')}; ${cpu}; ${peak} MB`,
        };
      }
    }
  },
};

if (process.argv[1] === import.meta.filename) {
  const [, , name = '', command = '', width = ''] = process.argv;
  const input = wideInputs.find((one) => one.name === name);
  if (!input) throw new Error(`no input "${name}"; known:\n${wideInputs.map((one) => one.name).join('\n')}`);
  console.log(JSON.stringify(askWide(input, command, Number(width))));
}
