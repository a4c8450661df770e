// Commands that are shown to be copied into a shell.

/** A word as the shell takes it for one. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
