// `fairlead serve`: the server roles, one a process.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { loadTree, renderText } from '../../compiler/index.ts';
import { type ExitCode, type Io, UsageError } from '../io.ts';
import type { CommandFile } from '../command-file.ts';
import { parsePort } from '../port.ts';
import { defaultStateFolder, defaultStateText } from '../serve/state-folder.ts';
import { untilStopped } from '../signals.ts';

interface WebhookOptions {
  readonly host: string;
  readonly port: string;
  readonly mesh?: string;
  readonly policies?: string;
  readonly caFile?: string;
  readonly certificateFolder?: string;
  readonly printConfiguration?: true;
}

interface ControlPlaneOptions {
  readonly branch?: string;
  readonly endpoints?: string;
  readonly gatewayCertificates?: string;
  readonly host: string;
  readonly port: string;
  readonly adminPort: string;
  readonly state: string;
  readonly trustDomain: string;
}

export const serveCommand: CommandFile = (program, io, finish) => {
  const serve = program
    .command('serve')
    .description('run one server role: webhook or control-plane')
    .addHelpText('after', '\nExample:\n  fairlead serve webhook --help');
  addWebhook(serve, io, finish);
  addControlPlane(serve, io, finish);
};

type Finish = (code: ExitCode) => void;

function addWebhook(serve: Command, io: Io, finish: Finish): void {
  serve
    .command('webhook')
    .description('validating and mutating admission webhook over HTTPS')
    .option('--host <address>', 'address to listen on', '0.0.0.0')
    .option('--port <port>', 'port to listen on', '9443')
    .option('--mesh <dir>', 'intent folder or REV:path that candidates are judged against')
    .option('--policies <dir>', 'folder with org rules of your own, besides the shipped ones')
    .option('--certificate-folder <dir>', 'where the certificates survive a restart')
    .option('--ca-file <file>', 'write the certificate authority here, for the caBundle of the webhook configuration')
    .option('--print-configuration', 'print the webhook configurations for the authority in --ca-file, and stop')
    .addHelpText(
      'after',
      '\nExamples:\n  fairlead serve webhook --mesh mesh/ --certificate-folder /var/lib/fairlead/webhook --ca-file ca.pem' +
        '\n  fairlead serve webhook --print-configuration --ca-file ca.pem | kubectl apply -f -',
    )
    .action(async (options: WebhookOptions) => {
      const webhookRoom = await import('../../webhook/index.ts');
      if (options.printConfiguration) {
        const { stringify } = await import('yaml');
        const caBundle = readAuthority(io, options.caFile);
        io.stdout(
          webhookRoom
            .renderWebhookConfigurations({ caBundle })
            .map((c) => stringify(c, { lineWidth: 0, aliasDuplicateObjects: false }))
            .join('---\n'),
        );
        return finish(0);
      }
      const { mesh, policies, caFile, certificateFolder } = options;
      if (mesh !== undefined) tellUnreadable(io, mesh);
      try {
        const webhook = await webhookRoom.startWebhook({
          host: options.host,
          port: parsePort(options.port),
          ...(mesh !== undefined && { mesh }),
          ...(policies !== undefined && { policies }),
          ...(caFile !== undefined && { caFile }),
          ...(certificateFolder !== undefined && { certificateFolder }),
          log: (entry) => io.stdout(`${JSON.stringify(entry)}\n`),
        });
        io.stderr(`webhook listens on ${webhook.url}\n`);
        await untilStopped();
        await webhook.close();
        finish(0);
      } catch (error) {
        if (!(error instanceof webhookRoom.WebhookStartError)) throw error;
        io.stderr(renderText(error.diagnostics, { color: io.colorErrors }));
        finish(2);
      }
    });
}

function addControlPlane(serve: Command, io: Io, finish: Finish): void {
  serve
    .command('control-plane')
    .description('deploy each commit of a repository to the proxies that connect (ADS over TLS)')
    .argument('[dir-or-repo]', 'folder in a Git repository, bare repository, or URL', '.')
    .option('--branch <name>', "branch to deploy (default: the repository's HEAD)")
    .option('--endpoints <path>', 'file or folder that lists the instances of the mesh; watched')
    .option('--host <address>', 'address to listen on', '0.0.0.0')
    .option('--port <port>', 'port for ADS', '15010')
    .option('--admin-port <port>', 'port on loopback for status, health and metrics', '15014')
    .addOption(
      new Option('--state <dir>', 'where keys and history survive a restart').default(
        defaultStateFolder,
        defaultStateText,
      ),
    )
    .option('--trust-domain <name>', 'trust domain of the identities given out', 'cluster.local')
    .option(
      '--gateway-certificates <dir>',
      'certificates of gateways: SECRET/tls.crt and SECRET/tls.key for each `tls: { secret: SECRET }`; read anew every minute',
    )
    .addHelpText(
      'after',
      '\nA proxy joins with the output of `fairlead bootstrap`.' +
        '\n\nExample:\n  fairlead serve control-plane /srv/git/mesh.git --endpoints endpoints/ --state /var/lib/fairlead',
    )
    .action(async (argument: string, options: ControlPlaneOptions) => {
      const { startControlPlane } = await import('../serve/control-plane.ts');
      const { findSubject } = await import('../follow/subject.ts');
      const { InstanceFiles } = await import('../../runtime/index.ts');
      const { endpoints, gatewayCertificates } = options;
      const stateDir = resolve(io.cwd, options.state);
      const role = await startControlPlane(io, {
        subject: await findSubject(io.cwd, argument, stateDir),
        ...(options.branch !== undefined && { branch: options.branch }),
        ...(endpoints !== undefined && { discovery: new InstanceFiles({ path: resolve(io.cwd, endpoints) }) }),
        host: options.host,
        port: parsePort(options.port),
        adminPort: parsePort(options.adminPort),
        stateDir,
        trustDomain: options.trustDomain,
        ...(gatewayCertificates !== undefined && { gatewayCertificates: resolve(io.cwd, gatewayCertificates) }),
      });
      io.stderr(`control plane listens on ${role.address}; status, health and metrics at ${role.adminAddress}\n`);
      await untilStopped();
      await role.close();
      finish(0);
    });
}

/** Not an end: the mesh is read anew for every request, and until it can be read nothing is admitted unseen. */
function tellUnreadable(io: Io, mesh: string): void {
  const { diagnostics } = loadTree(mesh, io.cwd);
  if (diagnostics.length > 0) io.stderr(renderText(diagnostics, { color: io.colorErrors }));
}

function readAuthority(io: Io, file: string | undefined): string {
  const path = file === undefined ? undefined : resolve(io.cwd, file);
  if (path === undefined || !existsSync(path)) {
    throw new UsageError(
      'there is no authority to print a configuration for',
      'start the webhook once with --ca-file FILE, then name the same file',
    );
  }
  return readFileSync(path, 'utf8');
}
