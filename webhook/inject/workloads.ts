// The pods in the objects of a manifest: where each kind keeps its own, and which objects hold some that nobody can say anything about.
import { asRecord, asStrings, type JsonObject, type JsonPath } from '../admission/request.ts';

export interface ManifestObject {
  readonly object: JsonObject;
  /** From the root of the document: empty but for what stands in a list. */
  readonly path: JsonPath;
  /** `Deployment shop/shoes`. */
  readonly label: string;
  readonly namespace: string;
}

/** Of a kind that is known; `pod` is undefined if the object lacks what its kind keeps the pod in. */
export interface Workload {
  readonly path: JsonPath;
  readonly pod: unknown;
}

/** By kind and group: the same kind of another group is another thing. */
const podPaths: Readonly<Record<string, JsonPath>> = {
  'Pod.': [],
  'PodTemplate.': ['template'],
  'ReplicationController.': ['spec', 'template'],
  'Deployment.apps': ['spec', 'template'],
  'StatefulSet.apps': ['spec', 'template'],
  'DaemonSet.apps': ['spec', 'template'],
  'ReplicaSet.apps': ['spec', 'template'],
  'Deployment.extensions': ['spec', 'template'],
  'DaemonSet.extensions': ['spec', 'template'],
  'ReplicaSet.extensions': ['spec', 'template'],
  'Job.batch': ['spec', 'template'],
  'CronJob.batch': ['spec', 'jobTemplate', 'spec', 'template'],
  'Rollout.argoproj.io': ['spec', 'template'],
  'DeploymentConfig.apps.openshift.io': ['spec', 'template'],
  'CloneSet.apps.kruise.io': ['spec', 'template'],
  'StatefulSet.apps.kruise.io': ['spec', 'template'],
  'DaemonSet.apps.kruise.io': ['spec', 'template'],
};

/** The objects of a document: itself, or what its lists hold, however deep. */
export function objectsIn(value: unknown, path: JsonPath = [], list: JsonObject = {}): readonly ManifestObject[] {
  const object = withKindOf(list, asRecord(value));
  // As kubectl has it: what has a list of items is a list, whatever it is called.
  if (Array.isArray(object.items))
    return object.items.flatMap((item, i) => objectsIn(item, [...path, 'items', i], object));
  const { namespace = '', name, generateName = '(unnamed)' } = asStrings(object.metadata);
  const label = `${object.kind ?? 'object'} ${namespace ? `${namespace}/` : ''}${name ?? generateName}`;
  return value === null || value === undefined ? [] : [{ object, path, label, namespace }];
}

/** An item without a kind has that of its list: a PodList holds Pods. */
function withKindOf(list: JsonObject, object: JsonObject): JsonObject {
  const [, kind] = /^(.+)List$/.exec(String(list.kind ?? '')) ?? [];
  return kind === undefined || object.kind !== undefined ? object : { ...object, kind, apiVersion: list.apiVersion };
}

/** Undefined for a kind that is not known to have pods. */
export function workloadOf({ object, path }: ManifestObject): Workload | undefined {
  const found = podPaths[kindOf(object)];
  if (!found) return undefined;
  const pod = found.reduce<unknown>((value, key) => asRecord(value)[key], object);
  return { path: [...path, ...found], pod: asRecord(pod).spec === undefined ? undefined : pod };
}

/** Without a version the kind alone has to do: Kubernetes refuses the object anyway. */
function kindOf({ kind, apiVersion }: JsonObject): string {
  const group = /^(?:([^/]*)\/)?/.exec(String(apiVersion ?? ''))?.[1] ?? '';
  const known = Object.keys(podPaths).find((name) => name.startsWith(`${kind}.`));
  return apiVersion === undefined && known !== undefined ? known : `${kind}.${group}`;
}

/** Where an object of another kind seems to keep a pod: the first place with containers that have an image. */
export function podLikeIn(value: unknown, path: JsonPath = []): JsonPath | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { containers } = asRecord(value);
  if (Array.isArray(containers) && containers.some((container) => typeof asRecord(container).image === 'string'))
    return path;
  for (const [key, inner] of Object.entries(value)) {
    const found = podLikeIn(inner, [...path, Array.isArray(value) ? Number(key) : key]);
    if (found) return found;
  }
  return undefined;
}

/** Puts another pod at `path`, which is there; gives the whole, which is the pod itself where the path is empty. */
export function setPod(whole: unknown, path: JsonPath, pod: unknown): unknown {
  const last = path.at(-1);
  if (last === undefined) return pod;
  const holder = path.slice(0, -1).reduce((value, step) => (value as Record<string | number, unknown>)[step], whole);
  (holder as Record<string | number, unknown>)[last] = pod;
  return whole;
}
