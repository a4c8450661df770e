// `fairlead serve`: the server roles, one a process.
import type { CommandFile } from '../program.ts';
import { untilStopped } from '../signals.ts';
import { UsageError } from '../io.ts';

interface WebhookOptions {
  readonly host: string;
  readonly port: string;
  readonly mesh?: string;
  readonly caFile?: string;
}

export const serveCommand: CommandFile = (program, io, finish) => {
  const serve = program.command('serve').description('run one server role');
  serve
    .command('webhook')
    .description('validating and mutating admission webhook over HTTPS')
    .option('--host <address>', 'address to listen on', '0.0.0.0')
    .option('--port <port>', 'port to listen on', '9443')
    .option('--mesh <dir>', 'intent folder or REV:path that candidates are judged against')
    .option('--ca-file <file>', 'write the certificate authority here, for the caBundle of the webhook configuration')
    .action(async (options: WebhookOptions) => {
      const { loadTree } = await import('../../compiler/index.ts');
      const { startWebhook } = await import('../../webhook/index.ts');
      const { mesh, caFile } = options;
      const webhook = await startWebhook({
        host: options.host,
        port: parsePort(options.port),
        ...(mesh !== undefined && { mesh: () => loadTree(mesh, io.cwd) }),
        ...(caFile !== undefined && { caFile }),
        log: (entry) => io.stdout(`${JSON.stringify(entry)}\n`),
      });
      io.stderr(`webhook listens on ${webhook.url}\n`);
      await untilStopped();
      await webhook.close();
      finish(0);
    });
};

export function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new UsageError(`"${text}" is no port`, 'write a number from 0 to 65535');
  return port;
}
