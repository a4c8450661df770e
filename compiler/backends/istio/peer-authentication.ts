// PeerAuthentication: what workloads demand of connections to them, and the mesh's own default.
import type { Report } from '../../diagnostics/index.ts';
import type { Mesh, PeerAuthentication } from '../../model/index.ts';
import type { Emitter } from './emitter.ts';
import type { Draft } from './object.ts';
import { labelsOfTarget, selectorOf } from './policy-target.ts';
import { pruned } from './prune.ts';

export const peerAuthentication: Emitter = {
  kind: 'PeerAuthentication',
  emit: (context) => {
    const { mesh, report } = context;
    const own = mesh.peerAuthentications.map((policy): Draft => {
      reportTarget(policy, mesh, report);
      const { name, namespace, origin, target } = policy;
      return {
        kind: 'PeerAuthentication',
        name,
        namespace,
        labels: labelsOfTarget(target, context),
        origin,
        spec: { ...selectorOf(target), mtls: { mode: policy.mode }, ...pruned({ portLevelMtls: portModes(policy) }) },
      };
    });
    return hasMeshWide(mesh) ? own : [meshWide(mesh), ...own];
  },
};

function hasMeshWide(mesh: Mesh): boolean {
  return mesh.peerAuthentications.some((policy) => isMeshWide(policy, mesh));
}

function isMeshWide({ target }: PeerAuthentication, mesh: Mesh): boolean {
  return target.namespace === mesh.settings.rootNamespace && Object.keys(target.labels).length === 0;
}

function meshWide({ settings, origin }: Mesh): Draft {
  return {
    kind: 'PeerAuthentication',
    name: 'default',
    namespace: settings.rootNamespace,
    labels: {},
    origin,
    spec: { mtls: { mode: settings.mtls } },
  };
}

function portModes({ portModes }: PeerAuthentication): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(portModes).map(([port, mode]) => [port, { mode }]));
}

function reportTarget(policy: PeerAuthentication, mesh: Mesh, report: Report): void {
  const hasLabels = Object.keys(policy.target.labels).length > 0;
  if (!hasLabels && Object.keys(policy.portModes).length > 0) {
    report('FL0506', {
      message: `Istio cannot set mTLS by port for all workloads at once, as "${policy.name}" does`,
      span: policy.origin,
      hint: 'select the workloads by labels',
    });
  }
  if (hasLabels && policy.target.namespace === mesh.settings.rootNamespace) {
    report('FL0506', {
      message: `Istio ignores the labels of "${policy.name}": mTLS settings of the root namespace are for the whole mesh`,
      span: policy.origin,
      hint: 'put the setting into the namespace of the workloads',
    });
  }
  if (policy.namespace !== policy.target.namespace) {
    report('FL0506', {
      message: `"${policy.name}" is in namespace ${policy.namespace} but speaks of workloads in ${policy.target.namespace}`,
      span: policy.origin,
      hint: 'an Istio policy applies to the workloads of its own namespace',
    });
  }
}
