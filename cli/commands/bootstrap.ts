// `fairlead bootstrap`: the file with which a proxy joins a control plane. It holds a secret: a token for one identity.
import { resolve } from 'node:path';
import { Option } from 'commander';
import { spiffeId } from '../../compiler/index.ts';
import { UsageError } from '../io.ts';
import type { CommandFile } from '../command-file.ts';
import { parsePort } from '../port.ts';
import type { KnownWorkload } from '../serve/known-workloads.ts';
import { quoted } from '../shell.ts';
import { defaultStateFolder, defaultStateText } from '../serve/state-folder.ts';

interface Options {
  readonly workload: string;
  readonly serviceAccount?: string;
  readonly node?: string;
  readonly controlPlane: string;
  readonly state: string;
  readonly trustDomain: string;
  readonly adminPort?: string;
  readonly days: string;
  readonly ahead?: true;
}

const dayMs = 86_400_000;

export const bootstrapCommand: CommandFile = (program, io, finish) => {
  program
    .command('bootstrap')
    .description('print the bootstrap file with which a proxy joins `serve control-plane` (holds a secret token)')
    .requiredOption('--workload <workload>', 'workload the proxy serves, as name or namespace/name')
    .option('--service-account <name>', 'its service account (default: as the mesh has it)')
    .option('--node <id>', 'unique name of the proxy (default: the name of the workload)')
    .requiredOption('--control-plane <host:port>', 'where the proxy reaches the control plane')
    .addOption(
      new Option('--state <dir>', 'state folder of the control plane, on this machine').default(
        defaultStateFolder,
        defaultStateText,
      ),
    )
    .option('--trust-domain <name>', 'trust domain of the mesh', 'cluster.local')
    .option('--admin-port <port>', "port on loopback for the proxy's admin interface")
    .option('--days <days>', 'how long the token is good', '30')
    .option(
      '--ahead',
      'ahead of the control plane: make its state folder, with a new authority, and take a workload that the mesh does not have yet',
    )
    .addHelpText(
      'after',
      '\nExample:\n  umask 077; fairlead bootstrap --workload shop/shoes --control-plane 10.0.0.1:15010 > bootstrap.json\n  envoy -c bootstrap.json',
    )
    .action(async (options: Options) => {
      const { envoyBootstrap } = await import('../../runtime/index.ts');
      const { openIdentity } = await import('../serve/identity.ts');
      const stateDir = resolve(io.cwd, options.state);
      const { workload, serviceAccount } = options.ahead
        ? workloadAhead(options.workload)
        : await knownWorkload(stateDir, options);
      const [namespace = '', name = ''] = workload.split('/');
      const { authorities, tokens } = await openIdentity(stateDir, options.trustDomain);
      const identity = spiffeId(options.trustDomain, namespace, options.serviceAccount ?? serviceAccount ?? name);
      const bootstrap = envoyBootstrap({
        nodeId: options.node ?? name,
        workload,
        controlPlane: parseAddress(options.controlPlane),
        rootCertificatesPem: authorities.controlPlane.trustBundle(),
        token: tokens.issue({ identity, workload, lifetimeMs: parseDays(options.days) * dayMs }),
        ...(options.adminPort !== undefined && { admin: { address: '127.0.0.1', port: parsePort(options.adminPort) } }),
      });
      io.stdout(`${JSON.stringify(bootstrap, null, 2)}\n`);
      finish(0);
    });
};

/** A typing error must neither make an authority that no proxy knows, nor a token that is good for nobody. */
async function knownWorkload(stateDir: string, { workload, state }: Options): Promise<KnownWorkload> {
  const { hasIdentity } = await import('../serve/identity.ts');
  const { knownWorkloads, workloadIn } = await import('../serve/known-workloads.ts');
  const stateOption = state === defaultStateFolder ? '' : ` --state ${quoted(state)}`;
  if (!hasIdentity(stateDir)) {
    throw new UsageError(
      `no control plane keeps its state in "${state}"`,
      `start it first: fairlead serve control-plane${stateOption}; or say --ahead to make a new authority there`,
    );
  }
  const known = knownWorkloads(stateDir);
  if (known) return workloadIn(known, workload);
  throw new UsageError(
    `no control plane with its state in "${state}" has deployed yet, so its workloads are not known`,
    `deploy first: fairlead serve control-plane${stateOption}; or say --ahead to take "${workload}" unseen`,
  );
}

/** As it is said, with the namespace: there is no mesh to look it up in. */
function workloadAhead(workload: string): KnownWorkload {
  const [namespace = '', name = '', ...rest] = workload.split('/');
  if (namespace === '' || name === '' || rest.length > 0)
    throw new UsageError(`"${workload}" is no workload`, 'write namespace/name');
  return { workload, serviceAccount: undefined };
}

function parseAddress(text: string): { address: string; port: number } {
  const [, address = '', port = ''] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(text) ?? [];
  if (address === '') throw new UsageError(`"${text}" is no address`, 'write host:port');
  return { address, port: parsePort(port) };
}

function parseDays(text: string): number {
  const days = Number(text);
  if (!(days > 0 && days <= 3650)) throw new UsageError(`"${text}" is no number of days`, 'write a number up to 3650');
  return days;
}
