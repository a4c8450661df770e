// Adds the sidecar to a pod: a pure function, used at admission and by `fairlead inject` alike.
import jsonPatch from 'fast-json-patch';
import type { PatchOperation } from '../admission/request.ts';
import { containerNames, type InjectConfig, statusAnnotation, volumeNames } from './config.ts';
import { conflicts, type InjectionFinding, malformed, misshapen } from './conflicts.ts';
import { initContainer, proxyContainer, volumes } from './containers.ts';
import { decideInjection } from './decide-injection.ts';
import type { Pod, PodNamespace } from './pod.ts';
import { oddPlaceIn } from './pod-shape.ts';
import { type ProbeRewriting, rewriteProbes } from './probes.ts';
import { readSettings, type SidecarSettings } from './settings.ts';

export interface Injection {
  readonly injected: boolean;
  /** Why, or why not: a phrase for logs. */
  readonly reason: string;
  /** Empty unless injected. */
  readonly patch: readonly PatchOperation[];
  /** The pod as it becomes; the very object given where nothing changes. */
  readonly pod: Pod;
  /** Errors: the pod wants a sidecar and cannot have it as it asks. It must then be refused, not run without. */
  readonly findings: readonly InjectionFinding[];
}

export function injectPod(pod: Pod, namespace: PodNamespace, config: InjectConfig): Injection {
  const odd = oddPlaceIn(pod);
  if (odd) return refused(pod, [misshapen(odd)]);
  const choice = decideInjection(pod, namespace);
  if ('malformed' in choice) return refused(pod, [malformed(choice.malformed, choice.path)]);
  if (!choice.inject) return { injected: false, reason: choice.reason, patch: [], pod, findings: [] };
  const { settings, errors } = readSettings(pod, config);
  const findings = [...errors.map(({ message, path }) => malformed(message, path)), ...conflicts(pod, settings)];
  if (findings.length > 0) return refused(pod, findings);
  const patch = writePatch(pod, config, settings);
  const patched = jsonPatch.applyPatch(structuredClone(pod), [...patch], false, true).newDocument;
  return { injected: true, reason: choice.reason, patch, pod: patched, findings: [] };
}

function refused(pod: Pod, findings: readonly InjectionFinding[]): Injection {
  return { injected: false, reason: findings[0]?.diagnostic.message ?? '', patch: [], pod, findings };
}

/** In this order, because probes are addressed by the index their container has before others are put in front. */
function writePatch(pod: Pod, config: InjectConfig, settings: SidecarSettings): readonly PatchOperation[] {
  const rewriting: ProbeRewriting = settings.rewriteProbes
    ? rewriteProbes(pod, settings.statusPort)
    : { probes: [], patch: [] };
  const init = initContainer(config, settings);
  const proxy = proxyContainer(config, settings, rewriting.probes);
  return [
    ...rewriting.patch,
    ...addStatus(pod, config, settings),
    ...append('/spec/volumes', pod.spec?.volumes, volumes(config)),
    ...(settings.isNative
      ? prepend('/spec/initContainers', pod.spec?.initContainers, [init, proxy])
      : [
          // Last: the application's own init containers still need the network, and there is no proxy yet.
          ...append('/spec/initContainers', pod.spec?.initContainers, [init]),
          ...(settings.holdApplication ? prepend : append)('/spec/containers', pod.spec?.containers, [proxy]),
        ]),
  ];
}

function addStatus(pod: Pod, config: InjectConfig, settings: SidecarSettings): readonly PatchOperation[] {
  const { init, proxy } = containerNames;
  const status = JSON.stringify({
    version: config.version,
    initContainers: settings.isNative ? [init, proxy] : [init],
    containers: settings.isNative ? [] : [proxy],
    volumes: Object.values(volumeNames),
  });
  if (!pod.metadata) return [{ op: 'add', path: '/metadata', value: { annotations: { [statusAnnotation]: status } } }];
  if (!pod.metadata.annotations)
    return [{ op: 'add', path: '/metadata/annotations', value: { [statusAnnotation]: status } }];
  return [{ op: 'add', path: `/metadata/annotations/${statusAnnotation.replaceAll('/', '~1')}`, value: status }];
}

function append(
  path: string,
  list: readonly unknown[] | null | undefined,
  items: readonly unknown[],
): readonly PatchOperation[] {
  if (!list) return [{ op: 'add', path, value: items }];
  return items.map((value) => ({ op: 'add', path: `${path}/-`, value }));
}

function prepend(
  path: string,
  list: readonly unknown[] | null | undefined,
  items: readonly unknown[],
): readonly PatchOperation[] {
  if (!list) return [{ op: 'add', path, value: items }];
  return items.map((value, i) => ({ op: 'add', path: `${path}/${i}`, value }));
}
