// Public surface of the compiler; outsiders import only this (and xds.ts, the protobuf side).
export * from './analysis/index.ts';
export * from './diagnostics/index.ts';
export * from './model/index.ts';
