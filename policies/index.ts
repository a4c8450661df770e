// Public surface of the policies.
export { buildBundle, type BuildOptions, type BuildResult, findOpa, opaVersion } from './build.ts';
export { type Enforcement, type PolicyInfo, shippedBundle } from './bundle.ts';
export {
  checkPolicies,
  type CheckPoliciesOptions,
  type PolicyDocument,
  policyDiagnostic,
  policyInput,
} from './check.ts';
export {
  type EngineLimits,
  engineName,
  loadPolicies,
  PolicyBundleError,
  type PolicyEngine,
  type PolicyInput,
  type PolicyResult,
} from './engine.ts';
export { openPolicies } from './open.ts';
