// Public surface of the CRD validator.
export { type FindingKeyword, formatPath, type IstioFinding } from './finding.ts';
export { istioKinds, schemaOf } from './schemas.ts';
export { findSemanticFaults } from './semantic.ts';
export { validateIstioObject } from './validate.ts';
