// What the value of an option or argument may be, for completion: options of one name mean the same in every command.

/** `folders` and `files` are the shell's business; `nothing` cannot be known. */
export type CompletedValue =
  | 'callers'
  | 'services'
  | 'workloads'
  | 'revisions'
  | 'codes'
  | 'kinds'
  | 'folders'
  | 'files'
  | 'nothing';

export const optionValues: Readonly<Record<string, CompletedValue>> = {
  '--from': 'callers',
  '--to': 'services',
  '--workload': 'workloads',
  '--base': 'revisions',
  '--head': 'revisions',
  '--branch': 'revisions',
};

/** Of the first argument, beside folders. */
export const argumentValues: Readonly<Record<string, CompletedValue>> = { explain: 'codes', schema: 'kinds' };

/** By what stands between the brackets in help: `--state <dir>`. */
export const placeholderValues: Readonly<Record<string, CompletedValue>> = {
  dir: 'folders',
  'dir-or-repo': 'folders',
  file: 'files',
};

/** Those that the program itself is asked for. */
export const askedValues = ['callers', 'services', 'workloads', 'revisions', 'codes', 'kinds'] as const;
