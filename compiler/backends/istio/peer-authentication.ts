// PeerAuthentication: what workloads demand of connections to them, and the mesh's own default.
import type { Report } from '../../diagnostics/index.ts';
import { type Mesh, type MtlsMode, nothingLeft, type PeerAuthentication, type PortMode } from '../../model/index.ts';
import { type EmitContext, emitterOf } from './emitter.ts';
import type { Draft } from './object.ts';
import { labelsOfTarget, reportForeign, selectorOf } from './policy-target.ts';
import { pruned } from './prune.ts';

interface MutualTls {
  readonly mode: string;
}

const mutualTls: Record<MtlsMode, MutualTls> = {
  STRICT: { mode: 'STRICT' },
  PERMISSIVE: { mode: 'PERMISSIVE' },
  DISABLE: { mode: 'DISABLE' },
};

export const peerAuthentication = emitterOf('peerAuthentications', (context) => {
  const { mesh } = context;
  const own = mesh.peerAuthentications.map((policy) => toPeerAuthentication(policy, context));
  return hasMeshWide(mesh) ? own : [meshWide(mesh), ...own];
});

function toPeerAuthentication(policy: PeerAuthentication, context: EmitContext): Draft {
  const { kind: _kind, origin, name, namespace, target, mode, portModes, ...rest } = policy;
  nothingLeft(rest);
  reportTarget(policy, context.mesh, context.report);
  const portLevelMtls = Object.fromEntries(
    Object.entries(portModes).map(([port, own]) => [port, mutualTlsOf(own)] as const),
  );
  return {
    kind: 'PeerAuthentication',
    name,
    namespace,
    labels: labelsOfTarget(target, context),
    origin,
    spec: { ...selectorOf(target), mtls: mutualTls[mode], ...pruned({ portLevelMtls }) },
  };
}

function mutualTlsOf({ kind: _kind, origin: _origin, mode, ...rest }: PortMode): MutualTls {
  nothingLeft(rest);
  return mutualTls[mode];
}

function hasMeshWide(mesh: Mesh): boolean {
  return mesh.peerAuthentications.some((policy) => isMeshWide(policy, mesh));
}

function isMeshWide({ target }: PeerAuthentication, mesh: Mesh): boolean {
  return target.namespace === mesh.settings.rootNamespace && Object.keys(target.labels).length === 0;
}

/** Defaults are read by the emitters of what they are defaults of; what is left is in Istio's own MeshConfig. */
function meshWide({ settings, origin }: Mesh): Draft {
  const { rootNamespace, mtls, trustDomain: _trustDomain, injectedProxy: _injectedProxy, ...defaults } = settings;
  const { accessDefault: _access, egressDefault: _egress, timeoutMs: _timeout, retries: _retries, ...rest } = defaults;
  nothingLeft(rest);
  return {
    kind: 'PeerAuthentication',
    name: 'default',
    namespace: rootNamespace,
    labels: {},
    origin,
    spec: { mtls: mutualTls[mtls] },
  };
}

function reportTarget(policy: PeerAuthentication, mesh: Mesh, report: Report): void {
  const { name, origin, target, portModes } = policy;
  const hasLabels = Object.keys(target.labels).length > 0;
  if (!hasLabels && Object.keys(portModes).length > 0) {
    report('FL0506', {
      message: `Istio cannot set mTLS by port for all workloads at once, as "${name}" does`,
      span: origin,
      hint: 'select the workloads by labels',
    });
  }
  if (hasLabels && target.namespace === mesh.settings.rootNamespace) {
    report('FL0506', {
      message: `Istio ignores the labels of "${name}": mTLS settings of the root namespace are for the whole mesh`,
      span: origin,
      hint: 'put the setting into the namespace of the workloads',
    });
  }
  reportForeign(policy, report);
}
