// `fairlead proxy`: the embedded proxy, configured by the same bootstrap file as Envoy.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../io.ts';
import type { CommandFile } from '../command-file.ts';
import { untilStopped } from '../signals.ts';

export const proxyCommand: CommandFile = (program, io, finish) => {
  program
    .command('proxy')
    .description('run the embedded proxy')
    .option('-c, --config <file>', 'bootstrap file, the same that Envoy reads')
    .option('--config-yaml <text>', 'the bootstrap itself, as YAML or JSON')
    .addHelpText(
      'after',
      '\nExample:\n  fairlead bootstrap --workload shop/shoes --control-plane 127.0.0.1:15010 > shoes.json\n  fairlead proxy -c shoes.json',
    )
    .action(async ({ config, configYaml }: { config?: string; configYaml?: string }) => {
      const { startProxy } = await import('../../runtime/index.ts');
      const bootstrap = await readBootstrap(io.cwd, config, configYaml);
      const proxy = await startProxy({ bootstrap, log: (line) => io.stdout(`${JSON.stringify(line)}\n`) }).catch(
        (error: unknown) => {
          throw new UsageError(
            `the proxy cannot start: ${error instanceof Error ? error.message : error}`,
            '`fairlead bootstrap` prints a bootstrap that it can start from',
          );
        },
      );
      await untilStopped();
      await proxy.close();
      finish(0);
    });
};

async function readBootstrap(cwd: string, file: string | undefined, text: string | undefined): Promise<object> {
  if ((file === undefined) === (text === undefined))
    throw new UsageError('the proxy needs either --config or --config-yaml');
  const { parse } = await import('yaml');
  try {
    const found: unknown = parse(text ?? readFileSync(resolve(cwd, file ?? ''), 'utf8'));
    if (typeof found === 'object' && found !== null) return found;
    throw new Error('it is not an object');
  } catch (error) {
    throw new UsageError(
      `cannot read the bootstrap${file === undefined ? '' : ` file ${file}`}: ${error instanceof Error ? error.message.trimEnd().split('\n')[0] : error}`,
    );
  }
}
