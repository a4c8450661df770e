// What `fairlead up` says once everything runs: where to send requests, and some that are worth trying.
import type { Mesh } from '../../compiler/index.ts';
import type { LocalFile } from '../../runtime/index.ts';
import type { Io } from '../io.ts';
import { quoted } from '../shell.ts';
import { renderAddresses } from './addresses.ts';
import { renderTryLines, worthTrying } from './try-lines.ts';
import type { UpStatus } from './up-client.ts';

/** `mesh` is what is live, if anything is; `argument` is how the user named it. */
export interface Ready {
  readonly status: UpStatus;
  readonly mesh: Mesh | undefined;
  readonly argument: string;
  readonly local: LocalFile;
}

export function announceReady({ stdout, color }: Io, { status, mesh, argument, local }: Ready): void {
  stdout(`\n${renderAddresses(status, { color })}`);
  const isEcho = local.apps.every(({ command }) => command === undefined) && local.fallback === undefined;
  if (mesh && isEcho)
    stdout('\nEvery service is played by a built-in echo server; name programs of your own in local.yaml.\n');
  const requests = mesh ? worthTrying(mesh, status) : [];
  const name = quoted(argument);
  stdout(`\n${renderTryLines([...requests, { command: `fairlead status ${name}`, note: 'which proxy has what' }])}\n`);
  const live =
    status.commit === undefined
      ? 'nothing is live yet, waiting for a commit that compiles'
      : `commit ${status.commit.slice(0, 12)} is live`;
  const branch = status.branch === undefined ? 'the branch' : `branch ${status.branch}`;
  stdout(`ready: ${live}; each commit to ${branch} is deployed; Ctrl-C stops\n`);
}
