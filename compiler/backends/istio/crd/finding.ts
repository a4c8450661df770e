// What is wrong with one Istio object. Places are paths into the object; a caller that has its source text makes spans of them.

/**
 * `schema`: wrong type, value or shape. `unknown-field`: strict field validation would refuse it. `cel`: a CEL rule of the CRD.
 * `metadata`: what every Kubernetes object must have. `semantic`: a check of Istio's webhook. `kind`: no such kind.
 */
export type FindingKeyword = 'kind' | 'metadata' | 'schema' | 'unknown-field' | 'cel' | 'semantic';

export interface IstioFinding {
  readonly path: readonly (string | number)[];
  /** Starts lower-case, ends without a full stop. */
  readonly message: string;
  readonly keyword: FindingKeyword;
  /** Such as `did you mean "weight"?`. */
  readonly hint?: string;
}

/** `spec.http[0].route`: a path as people write it; keys that are no names are quoted. */
export function formatPath(path: readonly (string | number)[]): string {
  return path
    .map((step) => {
      if (typeof step === 'number') return `[${step}]`;
      return /^[A-Za-z_][\w-]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
    })
    .join('')
    .replace(/^\./, '');
}
