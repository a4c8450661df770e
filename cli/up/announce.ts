// What `fairlead up` says while it runs: commits and what came of them, troubles, and where to send requests.
import { type Diagnostic, renderText, type SourceLookup } from '../../compiler/index.ts';
import type { DeployRecord } from '../../runtime/index.ts';
import type { Io } from '../io.ts';
import type { UpStatus } from './up-client.ts';

export class Announcer {
  readonly #io: Io;

  constructor(io: Io) {
    this.#io = io;
  }

  tell(diagnostics: readonly Diagnostic[], lookup?: SourceLookup): void {
    if (diagnostics.length > 0)
      this.#io.stderr(renderText(diagnostics, { ...(lookup && { lookup }), color: this.#io.colorErrors }));
  }

  record({ commit, state, diagnostics, timings, phases, rolledBackTo }: DeployRecord, lookup: SourceLookup): void {
    const name = `commit ${commit.slice(0, 12)}`;
    if (state === 'deployed') {
      const steps = phases.map((phase) => `${phase.name} ${phase.affected}`).join(', ');
      this.#io.stderr(
        `${name}: live after ${Math.round((timings.compileMs ?? 0) + (timings.rollOutMs ?? 0))} ms (${steps || 'nothing to change'})\n`,
      );
    } else if (state === 'refused') {
      this.#io.stderr(`${name}: refused; last good stays\n`);
    } else if (state === 'failed') {
      this.#io.stderr(
        `${name}: failed; ${rolledBackTo === undefined ? 'nothing is live' : `back to ${rolledBackTo.slice(0, 12)}`}\n`,
      );
    } else return;
    this.tell(diagnostics, lookup);
  }

  ready(status: UpStatus, argument: string): void {
    const { stdout } = this.#io;
    for (const [gateway, listeners] of Object.entries(status.addresses.gateways)) {
      for (const [listener, address] of Object.entries(listeners))
        stdout(`gateway   ${gateway} ${listener}  ${address}\n`);
    }
    for (const { key, outboundHttp, outboundTcp } of status.addresses.instances) {
      if (outboundHttp !== undefined) stdout(`sidecar   ${key}  http_proxy=http://${outboundHttp}\n`);
      for (const [target, address] of Object.entries(outboundTcp))
        stdout(`          ${key}  ${target} at ${address}\n`);
    }
    stdout(`webhook   ${status.webhook.url}  (CA: ${status.webhook.caFile})\n`);
    stdout(`mesh CA   ${status.meshCaFile}\n`);
    const live =
      status.commit === undefined
        ? 'nothing is live yet; waiting for a commit that compiles'
        : `commit ${status.commit.slice(0, 12)} is live`;
    stdout(
      `ready: ${live}; deploying each commit to ${status.branch ?? 'the branch'}; fairlead status ${argument}; Ctrl-C stops\n`,
    );
  }
}
