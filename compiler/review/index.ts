// Public surface of the review.
export { describeNotAnalysed } from './not-analysed.ts';
export { type RenderReviewJsonOptions, renderReviewJson } from './render-json.ts';
export { type RenderMarkdownOptions, renderRefusalMarkdown, renderReviewMarkdown } from './render-markdown.ts';
export { sarifOfReview } from './render-sarif.ts';
export { type RenderReviewOptions, renderReviewText } from './render-text.ts';
export {
  callIn,
  isQuiet,
  type NotAnalysed,
  type PlacedText,
  type Review,
  type ReviewRow,
  type RowEffect,
  type RowKind,
  type Severity,
  type Sides,
  type Witness,
} from './review.ts';
export { reviewMeshes } from './review-meshes.ts';
