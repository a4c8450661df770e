// Which imports go against the rules. Pure: it is told who imports whom, so that a test can plant an import that must be refused.

/** By file, from the root of the project: the files it imports, for their values or for their types alone. */
export type Imports = ReadonlyMap<string, readonly string[]>;

export interface ImportRules {
  /**
   * Each room and the rooms it may import. A room is a folder or a file, and the most specific one counts.
   * A room may import itself; a folder at the root whose folders are rooms consists of its own files alone.
   */
  readonly mayImport: Readonly<Record<string, readonly string[]>>;
  /** Outsiders enter a folder at the root only through these files. */
  readonly publicSurfaces: readonly string[];
  /** Rooms whose files do not know each other. */
  readonly unacquainted: readonly string[];
  /** What begins so may be imported by everybody. */
  readonly common: string;
}

/** One line for each import that is not allowed, and for each file that stands in no room. */
export function findWrongImports(imports: Imports, rules: ImportRules): string[] {
  return [...imports].flatMap(([file, targets]) => {
    const from = roomOf(file, rules);
    if (from === undefined) return `${file} stands in no room`;
    return targets.flatMap((target) => {
      const why = target.startsWith(rules.common) ? undefined : refusal(file, from, target, rules);
      return why === undefined ? [] : `${file} imports ${target}: ${why}`;
    });
  });
}

function refusal(file: string, from: string, target: string, rules: ImportRules): string | undefined {
  const to = roomOf(target, rules);
  if (to === undefined) return 'it stands in no room';
  if (to === from) return rules.unacquainted.includes(from) ? `files of ${from} do not import each other` : undefined;
  if (!rules.mayImport[from]?.includes(to)) return `${from} may not import ${to}`;
  const isFromOutside = file.split('/')[0] !== target.split('/')[0];
  return isFromOutside && !rules.publicSurfaces.includes(target) ? 'it is not a public surface' : undefined;
}

function roomOf(file: string, { mayImport }: ImportRules): string | undefined {
  const rooms = Object.keys(mayImport);
  const isIn = (room: string) => {
    if (file === room) return true;
    if (!file.startsWith(`${room}/`)) return false;
    const isDivided = !room.includes('/') && rooms.some((other) => other.startsWith(`${room}/`));
    return !isDivided || !file.slice(room.length + 1).includes('/');
  };
  return rooms.filter(isIn).toSorted((a, b) => b.length - a.length)[0];
}

/** Circles of imports, at least one of those a file is part of; the first file of each is also its last. */
export function findCircles(imports: Imports): string[][] {
  const circles: string[][] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'open') circles.push([...path.slice(path.indexOf(file)), file]);
    if (state.has(file)) return;
    state.set(file, 'open');
    for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of imports.keys()) visit(file, []);
  return circles;
}
