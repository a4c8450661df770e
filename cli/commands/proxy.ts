// `fairlead proxy`: the embedded proxy, configured by the same bootstrap file as Envoy.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../io.ts';
import type { CommandFile } from '../program.ts';
import { untilStopped } from '../signals.ts';

export const proxyCommand: CommandFile = (program, io, finish) => {
  program
    .command('proxy')
    .description('run the embedded proxy')
    .requiredOption('-c, --config <file>', 'bootstrap file, the same that Envoy reads')
    .action(async ({ config }: { config: string }) => {
      const { startProxy } = await import('../../runtime/index.ts');
      const proxy = await startProxy({
        bootstrap: readBootstrap(resolve(io.cwd, config)),
        log: (line) => io.stdout(`${JSON.stringify(line)}\n`),
      });
      await untilStopped();
      await proxy.close();
      finish(0);
    });
};

function readBootstrap(path: string): object {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as object;
  } catch (error) {
    throw new UsageError(`cannot read the bootstrap file ${path}: ${error instanceof Error ? error.message : error}`);
  }
}
