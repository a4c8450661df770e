// Why a pod that wants a sidecar cannot have one: what it has already, or what it asks for. Found before the pod would fail where nobody looks for the reason.
import type { JsonPath } from '../admission/request.ts';
import { type Diagnostic, formatPath, makeDiagnostic, proxyPorts } from '../../compiler/index.ts';
import { containerNames, statusAnnotation, volumeNames } from './config.ts';
import type { OddPlace } from './pod-shape.ts';
import type { Container, Pod } from './pod.ts';
import type { SidecarSettings } from './settings.ts';

export interface InjectionFinding {
  readonly diagnostic: Diagnostic;
  readonly path: JsonPath;
}

const lists = ['containers', 'initContainers'] as const;
const ourContainers: readonly string[] = Object.values(containerNames);
const ourVolumes: readonly string[] = Object.values(volumeNames);
/** With these Istio's own are customised, often with `image: auto`: https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#customizing-injection */
const istioContainers: readonly string[] = ['istio-proxy', 'istio-init', 'istio-validation'];

/** Only for a pod that has no sidecar yet. */
export function conflicts(pod: Pod, { statusPort }: SidecarSettings): InjectionFinding[] {
  const ours = new Set<number>([...Object.values(proxyPorts).filter((p) => p !== proxyPorts.status), statusPort]);
  const ofContainers = lists.flatMap((list) =>
    (pod.spec?.[list] ?? []).flatMap((container, i) => {
      const path = ['spec', list, i];
      return [...nameConflicts(container, path), ...portConflicts(container, path, ours)];
    }),
  );
  return [...claims(pod), ...ofContainers, ...volumeConflicts(pod)];
}

/** An annotation that says what is not so would let a pod through without a sidecar. */
function claims({ metadata }: Pod): InjectionFinding[] {
  if (metadata?.annotations?.[statusAnnotation] === undefined) return [];
  const message = `annotation ${statusAnnotation} says that the pod has a sidecar, and there is no container ${containerNames.proxy}`;
  return [impossible(message, ['metadata', 'annotations', statusAnnotation], 'remove the annotation')];
}

function nameConflicts({ name, image }: Container, path: JsonPath): InjectionFinding[] {
  if (ourContainers.includes(name))
    return [impossible(`container name ${name} is the sidecar's`, [...path, 'name'], 'rename the container')];
  if (!istioContainers.includes(name)) return [];
  const what = image === 'auto' ? `container ${name} with the image auto` : `container ${name}`;
  const hint = 'remove the container; what can be set of this sidecar is set by annotations';
  return [impossible(`${what} customises Istio's sidecar, which is not what is injected`, [...path, 'name'], hint)];
}

function portConflicts({ name, ports }: Container, path: JsonPath, ours: ReadonlySet<number>): InjectionFinding[] {
  return (ports ?? []).flatMap(({ containerPort }, i) => {
    if (!ours.has(containerPort)) return [];
    const message = `port ${containerPort} of container ${name} is the sidecar's`;
    return [impossible(message, [...path, 'ports', i, 'containerPort'], 'use a port outside 15000 to 15090')];
  });
}

function volumeConflicts({ spec }: Pod): InjectionFinding[] {
  return (spec?.volumes ?? []).flatMap(({ name }, i) =>
    ourVolumes.includes(name)
      ? [impossible(`volume name ${name} is the sidecar's`, ['spec', 'volumes', i, 'name'], 'rename the volume')]
      : [],
  );
}

export function misshapen({ path, wanted }: OddPlace): InjectionFinding {
  const place = path.length > 0 ? formatPath(path) : 'the pod';
  return impossible(`${place} is not ${wanted}, so this is no pod`, path, `write ${wanted} there`);
}

export function malformed(message: string, path: JsonPath): InjectionFinding {
  return { path, diagnostic: makeDiagnostic('FL0708', { message, hint: 'correct the value, or remove it' }) };
}

function impossible(message: string, path: JsonPath, hint: string): InjectionFinding {
  return { path, diagnostic: makeDiagnostic('FL0710', { message, hint }) };
}
