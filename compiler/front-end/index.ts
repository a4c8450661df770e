// What a front end is, and what the pipeline does with what front ends give.
export { withoutConsequences } from './consequences.ts';
export type {
  FoundObject,
  FrontEnd,
  FrontEnds,
  LeadingFrontEnd,
  LoweredObjects,
  LoweringPass,
  MeshFrame,
  MeshPart,
} from './front-end.ts';
export { joinParts } from './join-parts.ts';
export { placesIn } from './places-in.ts';
export { compareObjects, type ReadFile, readFile } from './read-file.ts';
export { reportEmptyFile, reportNothingFound } from './unclaimed.ts';
