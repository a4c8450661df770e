// Step 11: the same intent as Istio custom resources and Envoy snapshots, for those who run Istio or plain Envoy.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, fairlead, say } from '../stage.ts';
import type { Step } from './index.ts';

export const compiled: Step = {
  title: 'Compiled: the custom resources an Istio cluster would get',
  play: async (shop) => {
    const out = join(shop.folder, 'out');
    expect(
      (await fairlead(['compile', '.', '--target', 'all', '-o', out], shop.clone)).code === 0,
      'the shop to compile',
    );
    const files = globSync('istio/**/*.yaml', { cwd: out }).toSorted();
    const kinds = Map.groupBy(files, (file) => file.split('/').at(-1)?.split('-')[0] ?? '');
    say(
      [...kinds]
        .map(
          ([kind, list]) =>
            `${kind.padEnd(22)} ${list
              .map((f) =>
                f
                  .split('/')
                  .at(-1)
                  ?.slice(kind.length + 1, -5),
              )
              .join(', ')}`,
        )
        .join('\n'),
    );
    expect(kinds.size >= 8, 'at least eight kinds of object');
  },
};
