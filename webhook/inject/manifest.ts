// `fairlead inject -f`: the sidecar added to the Pods and pod templates of a manifest, without a cluster.
// What comes out is the text that came in, with no more changed than injection changes.
import { isDeepStrictEqual } from 'node:util';
import { renderFinding } from '../admission/compact.ts';
import { asRecord, asStrings, type JsonPath } from '../admission/request.ts';
import {
  type Diagnostic,
  DiagnosticSink,
  makeDiagnostic,
  type ManifestDocument,
  formatPath,
  parseManifest,
  templateHint,
  templateInValue,
} from '../../compiler/index.ts';
import { defaultInjectConfig, type InjectConfig } from './config.ts';
import type { InjectionFinding } from './conflicts.ts';
import { injectPod } from './inject.ts';
import type { Pod } from './pod.ts';
import { editsOf } from './text/edit.ts';
import { applyEdits } from './text/patch.ts';
import { type ManifestObject, objectsIn, podLikeIn, setPod, type Workload, workloadOf } from './workloads.ts';

export interface InjectedManifest {
  /** The manifest as it becomes; documents without a pod stay as they were written. Empty unless `ok`. */
  readonly text: string;
  /** One line for each pod that was left alone, and for each mistake. */
  readonly notes: readonly string[];
  /** Why the text cannot be read at all; then nothing else is said. */
  readonly diagnostics: readonly Diagnostic[];
  readonly ok: boolean;
}

/** Naming a manifest asks for the sidecar: pods are injected unless they or their namespace opt out. `name` is the text's in diagnostics. */
export function injectManifest(
  text: string,
  config: InjectConfig = defaultInjectConfig,
  name: string = 'manifest',
): InjectedManifest {
  const file = { path: name, text };
  const sink = new DiagnosticSink();
  const documents = parseManifest(file, sink.report);
  if (!documents) return { ok: false, notes: [], diagnostics: sink.toSorted(), text: '' };
  const injector = new ManifestInjector(documents, config);
  const values = documents.map(({ value }) => injector.inject(value));
  const { ok, notes } = injector;
  return { ok, notes, diagnostics: [], text: ok ? rewritten(file, documents, values) : '' };
}

/** Throws rather than give out a text that says anything else than it should: it may be on its way to a cluster. */
function rewritten(
  file: { readonly path: string; readonly text: string },
  documents: readonly ManifestDocument[],
  values: readonly unknown[],
): string {
  const edits = documents.flatMap((document, i) =>
    document.value === values[i] ? [] : editsOf(file.text, document, values[i]),
  );
  if (edits.length === 0) return file.text;
  const text = applyEdits(file.text, edits);
  const read = parseManifest({ ...file, text }, () => undefined)?.map(({ value }) => value);
  if (!isDeepStrictEqual(read, values)) throw new Error('the manifest could not be written as it shall be');
  return text;
}

class ManifestInjector {
  ok = true;
  readonly notes: string[] = [];
  readonly #config: InjectConfig;
  readonly #labels: ReadonlyMap<string, Readonly<Record<string, string>>>;

  constructor(documents: readonly ManifestDocument[], config: InjectConfig) {
    this.#config = config;
    this.#labels = namespaceLabels(documents.flatMap(({ value }) => objectsIn(value)));
  }

  /** The very value given where nothing changes. */
  inject(document: unknown): unknown {
    let value: unknown;
    for (const object of objectsIn(document)) {
      const workload = workloadOf(object);
      if (!this.#isRendered(object, workload)) continue;
      const pod = workload?.pod === undefined ? undefined : this.#injectInto(object, workload);
      if (workload && pod) value = setPod(value ?? structuredClone(document), workload.path, pod);
      else if (workload?.pod === undefined) this.#tellUninjected(object, workload?.path);
    }
    return value ?? document;
  }

  /** The pod with its sidecar; undefined after a note. */
  #injectInto({ label, namespace, path }: ManifestObject, workload: Workload): Pod | undefined {
    const labels = { 'fairlead.dev/injection': 'enabled', ...this.#labels.get(namespace) };
    const result = injectPod(workload.pod as Pod, { name: namespace, labels }, this.#config);
    const within = workload.path.slice(path.length);
    for (const finding of result.findings) this.#refuse(label, { ...finding, path: [...within, ...finding.path] });
    if (result.injected) return result.pod;
    if (result.findings.length === 0) this.notes.push(`${label}: left alone, for ${result.reason}`);
    return undefined;
  }

  /** What a template was to fill is no name and no image yet; in other places such a text may be meant. False after a note. */
  #isRendered({ object, path, label }: ManifestObject, workload: Workload | undefined): boolean {
    const { name, namespace } = asRecord(object.metadata);
    const texts: [JsonPath, unknown][] = [
      [['kind'], object.kind],
      [['metadata', 'name'], name],
      [['metadata', 'namespace'], namespace],
      ...imagesIn(workload?.pod).map(([inner, image]): [JsonPath, unknown] => [
        [...(workload?.path.slice(path.length) ?? []), ...inner],
        image,
      ]),
    ];
    for (const [place, text] of texts) {
      const template = templateInValue(text);
      if (template === undefined) continue;
      const message = `a template stands here, not a value: "${template}"`;
      const diagnostic = makeDiagnostic('FL0120', { message, hint: templateHint });
      this.#refuse(label, { diagnostic, path: place });
      return false;
    }
    return true;
  }

  #tellUninjected({ object, label }: ManifestObject, path: JsonPath | undefined): void {
    if (path) {
      this.notes.push(`${label}: left alone, for it holds no pod of its own`);
      return;
    }
    const found = podLikeIn(object);
    if (!found) return;
    const place = found.length > 0 ? formatPath(found) : 'its root';
    this.notes.push(`${label}: left alone, for its kind is not known here; what looks like a pod stands at ${place}`);
  }

  #refuse(label: string, finding: InjectionFinding): void {
    this.notes.push(`error: ${label}: ${renderFinding(finding)}`);
    this.ok = false;
  }
}

function imagesIn(pod: unknown): [JsonPath, unknown][] {
  const { spec } = asRecord(pod);
  return (['containers', 'initContainers'] as const).flatMap((list) => {
    const containers = asRecord(spec)[list];
    if (!Array.isArray(containers)) return [];
    return containers.map((one, i): [JsonPath, unknown] => [['spec', list, i, 'image'], asRecord(one).image]);
  });
}

function namespaceLabels(objects: readonly ManifestObject[]): Map<string, Readonly<Record<string, string>>> {
  const namespaces = objects.map(({ object }) => object).filter(({ kind }) => kind === 'Namespace');
  return new Map(namespaces.map((o) => [String(asRecord(o.metadata).name), asStrings(asRecord(o.metadata).labels)]));
}
