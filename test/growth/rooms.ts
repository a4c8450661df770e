// The rooms that deal with the model: folders or files of which the type checker must name each.

export const model = 'compiler/model';
export const lower = 'compiler/intent/lower/';
export const istio = 'compiler/backends/istio/';
export const envoy = 'compiler/backends/envoy/';
export const analysis = 'compiler/analysis/';
export const review = 'compiler/review/';
export const randomMesh = 'compiler/test/support/random-mesh.ts';
export const samples = 'test/conformance/';

export const tlsReaders = [`${model}/destination-policy.ts`, istio, envoy, analysis];

/** Who looks into a match: each has to say what it makes of what is new. */
export const matchReaders = [
  `${model}/match-string.ts`,
  `${lower}patterns.ts`,
  `${istio}string-match.ts`,
  `${istio}access-values.ts`,
  `${envoy}header-match.ts`,
  `${envoy}json-values.ts`,
  `${envoy}rbac-words.ts`,
  `${envoy}route-path.ts`,
  `${analysis}fields/match-language.ts`,
  'compiler/checks/match-covers.ts',
  'compiler/checks/idle-rules.ts',
  randomMesh,
  `${samples}samples.ts`,
];

export const conditionReaders = [
  `${model}/condition.ts`,
  `${lower}fields/`,
  `${istio}access-words.ts`,
  `${istio}http-match.ts`,
  `${envoy}route-match.ts`,
  `${envoy}rbac-words.ts`,
  `${analysis}fields/index.ts`,
  'compiler/checks/match-covers.ts',
  randomMesh,
  `${samples}clause-samples.ts`,
];

/** Who looks into conditions on headers besides. */
export const headerReaders = [`${istio}header-match.ts`, `${envoy}header-match.ts`];
