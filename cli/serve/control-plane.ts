// The control-plane role: deploys each commit of a branch to the proxies that connect. No Kubernetes needed.
import { join } from 'node:path';
import { type Diagnostic, keyOf, type Mesh, makeDiagnostic, snapshotFor } from '../../compiler/index.ts';
import {
  certificateFiles,
  type CompiledCommit,
  ControlPlane,
  Deployer,
  type DiscoverySource,
  fileStore,
  type GatewayCertificates,
  ProxySnapshots,
  serveAdminApi,
  xdsTarget,
} from '../../runtime/index.ts';
import { BranchFollower } from '../follow/branch-follower.ts';
import type { Subject } from '../follow/subject.ts';
import { type Io, UsageError } from '../io.ts';
import { openIdentity } from './identity.ts';
import { keepWorkloads } from './known-workloads.ts';

export interface ControlPlaneRole {
  readonly subject: Subject;
  readonly branch?: string;
  /** Where the instances of the mesh are learnt from; started and closed along with the role. */
  readonly discovery?: DiscoverySource;
  readonly host: string;
  readonly port: number;
  readonly adminPort: number;
  readonly stateDir: string;
  readonly trustDomain: string;
  /** The folder of the certificates that gateways' listeners name. */
  readonly gatewayCertificates?: string;
}

export interface RunningRole {
  readonly address: string;
  readonly adminAddress: string;
  close(): Promise<void>;
}

export async function startControlPlane(io: Io, role: ControlPlaneRole): Promise<RunningRole> {
  let live: Mesh | undefined;
  const follower = new BranchFollower({
    io,
    subject: role.subject,
    ...(role.branch !== undefined && { branch: role.branch }),
    stateDir: role.stateDir,
    isLive: () => live !== undefined,
  });
  const { announcer } = follower;
  const { authorities, tokens } = await openIdentity(role.stateDir, role.trustDomain);
  const gatewayCertificates = certificatesIn(role.gatewayCertificates);
  const plane = new ControlPlane({ authorities, tokens, gatewayCertificates });
  plane.events.on('diagnostic', (diagnostic) => announcer.tell([diagnostic]));
  const address = await listening(plane.listen({ host: role.host, port: role.port }), '--port');
  const admin = await listening(serveAdminApi({ plane, port: role.adminPort }), '--admin-port').catch(async (error) => {
    await plane.close();
    throw error;
  });

  const deployer = new Deployer({
    compile: (commit) => compileCommit(commit, follower, role.trustDomain),
    target: xdsTarget({
      // One target a workload: in a pod every proxy of a workload stands alike.
      proxies: () =>
        (live?.workloads ?? []).map((w) => ({
          key: keyOf(w),
          target: { workload: keyOf(w), placement: { mode: 'redirect' } },
        })),
      publish: (publication) => plane.publish(publication),
      waitFor: (commit, options) => plane.ledger.waitFor(commit, options),
      prepare: async (next) => {
        live = next.mesh;
        keepWorkloads(role.stateDir, next.mesh);
        return [];
      },
    }),
    store: fileStore(join(role.stateDir, 'history.json')),
    onRecord: (record) => follower.tellRecord(record),
  });
  await follower.start(deployer);
  await role.discovery?.start({
    onInstances: (found) => plane.setInstances(found),
    onDiagnostics: (found) => announcer.tell(found),
  });
  return {
    address: `${address.host}:${address.port}`,
    adminAddress: `http://${admin.address.host}:${admin.address.port}`,
    close: async () => {
      role.discovery?.close();
      await follower.close();
      await deployer.close();
      await admin.close();
      await plane.close();
    },
  };
}

/** What a gateway shows to the outside nobody here makes up. */
function certificatesIn(folder: string | undefined): GatewayCertificates {
  if (folder !== undefined) return certificateFiles(folder);
  return async (secret) => {
    throw new Error(
      `nothing says where the certificate "${secret}" is: start with --gateway-certificates DIR, which holds ${secret}/tls.crt and ${secret}/tls.key`,
    );
  };
}

/** Throws UsageError for an address that is taken or not of this machine. */
async function listening<T>(start: Promise<T>, option: string): Promise<T> {
  return start.catch((error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    throw new UsageError(text, `choose another one with ${option}, or stop the process that has it`);
  });
}

async function compileCommit(
  commit: string,
  follower: BranchFollower,
  trustDomain: string,
): Promise<CompiledCommit<ProxySnapshots>> {
  const { mesh, diagnostics, emission } = await follower.compile(commit);
  if (!mesh || !emission) return { commit, diagnostics };
  if (mesh.settings.trustDomain !== trustDomain)
    return { commit, diagnostics: [...diagnostics, foreignTrust(mesh, trustDomain)] };
  const { envoy } = emission;
  const desired = new ProxySnapshots((target) => snapshotFor(envoy, target));
  return { commit, diagnostics, mesh, desired };
}

function foreignTrust(mesh: Mesh, trustDomain: string): Diagnostic {
  return makeDiagnostic('FL0857', {
    message: `the mesh has the trust domain "${mesh.settings.trustDomain}", the control plane serves "${trustDomain}"`,
    span: mesh.origin,
    hint: `start the control plane with --trust-domain ${mesh.settings.trustDomain}, or mend the Mesh`,
  });
}
