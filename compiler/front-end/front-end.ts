// What a front end is: it claims documents, reads each on its own, and lowers all that it read to its part of the mesh.
// The pipeline joins the parts. Front ends do not know each other.
import type { Diagnostic, Report, Span } from '../diagnostics/index.ts';
import type { Mesh, MeshLists } from '../model/index.ts';
import type { ObjectDocument, ParsedDocument } from '../syntax/index.ts';

/** An object that a front end read. What is absent from it is so because of errors that were reported. */
export interface FoundObject {
  /** Name of the front end that read it, and that alone is given it back. */
  readonly frontEnd: string;
  readonly kind: string;
  /** "" for what belongs to no namespace. */
  readonly namespace: string;
  /** "" if there is none to be read. */
  readonly name: string;
  readonly span: Span;
  readonly nameSpan: Span;
  /** Absent if its shape is wrong; its name still keeps references to it from dangling. */
  readonly document: ObjectDocument | undefined;
}

/** What the mesh is as a whole. All front ends lower under the same frame. */
export type MeshFrame = Pick<Mesh, 'origin' | 'name' | 'settings' | 'settingPlaces'>;

/** Nodes for the lists of the mesh, in any order; a list that is not there is empty. */
export type MeshPart = Partial<Omit<MeshLists, 'passthrough'>>;

/** An object with errors does not keep the others out of `part`: the rest of the mesh is checked all the same. */
export interface LoweredObjects {
  readonly part: MeshPart;
  readonly diagnostics: readonly Diagnostic[];
}

/** Remembers its last run, so that a change of one document costs little. */
export interface LoweringPass<F extends FoundObject = FoundObject> {
  /**
   * Takes what `withoutClashes` left. Nodes that did not change stay the same objects.
   * `hasUnread`: there are texts that could not be read, and what seems missing may stand there.
   */
  lower(found: readonly F[], frame: MeshFrame, hasUnread: boolean): LoweredObjects;
}

/** Remembers nothing itself: what is kept from run to run is in its passes. */
export interface FrontEnd<F extends FoundObject = FoundObject> {
  /** One word, for messages. No two front ends share it. */
  readonly name: string;
  /** With what a document starts that is meant for it. */
  readonly apiVersion: string;
  /** True also of a document that its writer only took for one of its own: it must not be left out in silence. */
  claims(apiVersion: string, kind: string): boolean;
  /** Depends on the document alone. Undefined, after a report, if not even kind and name are known. */
  read(document: ParsedDocument, report: Report): F | undefined;
  /**
   * Of a document that nobody claims because of an error: what it may declare, by name only, so that references to it are not
   * said to dangle. None if it declares nothing.
   */
  guess(document: ParsedDocument): readonly F[];
  /** Of several objects that cannot be side by side the first is kept. `found` is sorted by namespace, name and place. */
  withoutClashes(found: readonly F[], report: Report): readonly F[];
  /** Called once for each compiler. */
  createPass(): LoweringPass<F>;
}

/** Has words for the mesh as a whole. */
export interface LeadingFrontEnd<F extends FoundObject = FoundObject> extends FrontEnd<F> {
  /** Takes what `withoutClashes` left. `firstFile` is the place of what is not written anywhere. */
  frameOf(found: readonly F[], firstFile: string): MeshFrame;
}

/** In the order in which they may claim a document. The first leads, and is the one that hints recommend. */
export type FrontEnds = readonly [LeadingFrontEnd, ...FrontEnd[]];
