// One way in which the model will grow, tried out: what is added where, and which rooms the type checker must then name.

export interface Edit {
  readonly file: string;
  /** Occurs once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** One new member of a union, or one new list of the mesh. */
export interface Growth {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Folders or files, each of which must have an error. */
  readonly rooms: readonly string[];
}
