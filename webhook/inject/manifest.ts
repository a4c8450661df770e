// `fairlead inject -f`: the sidecar added to the Pods and pod templates of a manifest, without a cluster.
import { isCollection, isMap, parseAllDocuments } from 'yaml';
import { asRecord, asStrings, type JsonPath } from '../admission/request.ts';
import { renderFinding } from '../admission/compact.ts';
import { defaultInjectConfig, type InjectConfig } from './config.ts';
import { injectPod } from './inject.ts';
import type { Pod } from './pod.ts';

export interface InjectedManifest {
  /** The manifest as it becomes; documents without a pod stay as they were written. Empty unless `ok`. */
  readonly text: string;
  /** One line for each pod that was left alone, and for each mistake. */
  readonly notes: readonly string[];
  readonly ok: boolean;
}

/** Where each kind keeps its pod. */
const podPaths: Readonly<Record<string, JsonPath>> = {
  Pod: [],
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

/** Naming a manifest asks for the sidecar: pods are injected unless they or their namespace opt out. */
export function injectManifest(text: string, config: InjectConfig = defaultInjectConfig): InjectedManifest {
  const documents = parseAllDocuments(text);
  const notes: string[] = [];
  let ok = true;
  const labels = namespaceLabels(
    documents.map((d) => (d.errors.length > 0 ? undefined : d.toJS({ maxAliasCount: 100 }))),
  );
  for (const document of documents) {
    for (const error of document.errors) {
      notes.push(`error: ${error.message.split('\n')[0]}`);
      ok = false;
    }
    if (!ok || !isMap(document.contents)) continue;
    const object = asRecord(document.toJS({ maxAliasCount: 100 }));
    const path = podPaths[String(object.kind)];
    if (!path) continue;
    const { namespace = '', name = '(unnamed)' } = asStrings(object.metadata);
    const pod = path.reduce<unknown>((value, key) => asRecord(value)[key], object) as Pod | undefined;
    if (!pod?.spec) continue;
    const optIn = { 'fairlead.dev/injection': 'enabled', ...labels.get(namespace) };
    const result = injectPod(pod, { name: namespace, labels: optIn }, config);
    const label = `${object.kind} ${namespace ? `${namespace}/` : ''}${name}`;
    for (const finding of result.findings)
      notes.push(`error: ${label}: ${renderFinding({ ...finding, path: [...path, ...finding.path] })}`);
    if (result.findings.length > 0) ok = false;
    else if (!result.injected) notes.push(`${label}: left alone, for ${result.reason}`);
    else setChanged(document, path, pod, result.pod);
  }
  return { ok, notes, text: ok ? documents.map(String).join('') : '' };
}

/** Only what changed is replaced, so that comments elsewhere survive. */
function setChanged(
  document: ReturnType<typeof parseAllDocuments>[number],
  path: JsonPath,
  before: Pod,
  after: Pod,
): void {
  for (const part of ['metadata', 'spec'] as const) {
    const [old, changed] = [asRecord(before[part]), asRecord(after[part])];
    for (const [key, value] of Object.entries(changed)) {
      if (JSON.stringify(old[key]) === JSON.stringify(value)) continue;
      const node = document.createNode(value);
      if (isCollection(node)) node.flow = false;
      document.setIn([...path, part, key], node);
    }
  }
}

function namespaceLabels(objects: readonly unknown[]): Map<string, Readonly<Record<string, string>>> {
  const namespaces = objects.map(asRecord).filter((o) => o.kind === 'Namespace');
  return new Map(namespaces.map((o) => [String(asRecord(o.metadata).name), asStrings(asRecord(o.metadata).labels)]));
}
