// Commits as they are shown to people.

export function short(commit: string | undefined): string {
  return commit === undefined ? 'none' : commit.slice(0, 12);
}
