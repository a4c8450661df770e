// Codes FL01..: ordered by code. Never renumber; retire instead.
import type { CatalogueEntry } from '../catalogue-entry.ts';
import { intent, service, shoes } from './examples.ts';

export const syntaxCodes = [
  {
    code: 'FL0101',
    name: 'yaml-syntax',
    severity: 'error',
    title: 'the text is not valid YAML',
    explanation:
      'The document cannot be read, so nothing of it takes part in the compile; other documents of the file still do. ' +
      'YAML 1.2 is read, without merge keys, custom tags or keys that are not plain text.',
    bad: intent(
      'apiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata: { name: shoes\nspec: {}\n',
      service('hats'),
    ),
    good: intent(service('shoes')),
  },
  {
    code: 'FL0102',
    name: 'duplicate-key',
    severity: 'error',
    title: 'a key is written twice in one mapping',
    explanation:
      'YAML allows each key once. Most readers silently keep the last one, so that the first, though still in the file, does nothing. ' +
      'Remove one of the two, or merge their values.',
    bad: intent(shoes('versions: { v1: { version: v1 }, v1: { version: v2 } }')),
    good: intent(shoes('versions: { v1: { version: v1 }, v2: { version: v2 } }')),
  },
  {
    code: 'FL0103',
    name: 'too-many-aliases',
    severity: 'error',
    title: 'YAML aliases multiply the document, or go round in circles',
    explanation:
      'A few lines of aliases can stand for billions of values. Documents whose aliases are used more than 100 times, or contain themselves, are refused. ' +
      'Write the values out.',
    bad: intent(shoes('versions: &v { v1: *v }')),
    good: intent(shoes('versions: { v1: &labels { version: v1 }, v2: { version: v2 } }')),
  },
  {
    code: 'FL0104',
    name: 'nested-too-deeply',
    severity: 'error',
    title: 'mappings and lists are nested too deeply',
    explanation:
      'Intent needs about ten levels; beyond 64 the text is broken or hostile and is not read. Look for an unclosed bracket.',
    bad: intent(`a: ${'['.repeat(80)}${']'.repeat(80)}\n`),
    good: intent(service('shoes')),
  },
  {
    code: 'FL0110',
    name: 'file-too-large',
    severity: 'error',
    title: 'a file is too large to be intent',
    explanation:
      'Files over 1 MiB are not read. A service is some kilobytes; a file that large is usually a dump that was committed by mistake. ' +
      'Of standard input 8 MiB are read, and each document in it may have 1 MiB.',
    bad: { text: 'intent/dump.yaml of 50 MB' },
    good: { text: 'intent/shoes.yaml of 2 KB' },
  },
  {
    code: 'FL0111',
    name: 'not-utf8',
    severity: 'error',
    title: 'a file is not UTF-8 text',
    explanation:
      'YAML is Unicode text and Git stores bytes; Fairlead reads UTF-8, with or without a byte order mark, and nothing else. ' +
      'UTF-16, which some Windows programs write, and NUL bytes, which no text has, are named.',
    bad: { text: 'intent/shoes.yaml saved as Latin-1' },
    good: { text: 'intent/shoes.yaml saved as UTF-8' },
  },
  {
    code: 'FL0112',
    name: 'symbolic-link',
    severity: 'error',
    title: 'a symbolic link stands where intent is expected',
    explanation:
      'What a link points to can change without a commit, and it can point out of the repository. ' +
      'The reviewed text would not be the compiled one, so links to YAML files and to folders are refused.',
    bad: { text: 'intent/shoes.yaml -> /etc/shoes.yaml' },
    good: { text: 'intent/shoes.yaml as a regular file' },
  },
  {
    code: 'FL0113',
    name: 'unreadable',
    severity: 'error',
    title: 'a file or folder cannot be read',
    explanation:
      'It does not exist, or the permissions forbid reading it, or it is not a regular file. The message gives the reason of the operating system or of Git.',
    bad: { text: 'fairlead check no-such-folder' },
    good: { text: 'fairlead check .' },
  },
  {
    code: 'FL0114',
    name: 'no-intent',
    severity: 'error',
    title: 'there is no intent to compile',
    explanation:
      'No document with `apiVersion: fairlead.dev/…` was found. An empty result would remove everything that is deployed, so it is an error and not an empty mesh.',
    bad: { intent: { 'intent/empty.yaml': '# nothing yet\n' } },
    good: intent(service('shoes')),
  },
  {
    code: 'FL0115',
    name: 'not-a-repository',
    severity: 'error',
    title: 'a Git revision was asked for outside a Git repository',
    explanation:
      '`REV:path` is read from the repository around the current folder. There is none, or git is not installed.',
    bad: { text: 'cd / && fairlead check main:' },
    good: { text: 'cd shop && fairlead check main:' },
  },
  {
    code: 'FL0116',
    name: 'unknown-revision',
    severity: 'error',
    title: 'the Git revision does not exist',
    explanation:
      'No branch, tag or commit of this repository has that name. In a shallow clone older commits are missing: fetch them first.',
    bad: { text: 'fairlead check mian:' },
    good: { text: 'fairlead check main:' },
  },
  {
    code: 'FL0117',
    name: 'tree-too-large',
    severity: 'error',
    title: 'the folder holds more than an intent repository can',
    explanation:
      'There are limits to the number of files, their sum and the depth of folders. They are far above any real mesh, so the wrong folder was probably named.',
    bad: { text: 'fairlead check /' },
    good: { text: 'fairlead check shop/' },
  },
  {
    code: 'FL0118',
    name: 'odd-blank',
    severity: 'error',
    title: 'a tab, or a blank that is none to YAML, stands where a space is needed',
    explanation:
      'YAML indents with spaces. Tabs are forbidden, and no-break spaces, which come with text copied from a page, are letters to it. ' +
      'The first of a file is shown; the others go the same way. Most editors convert them all at once.',
    bad: intent(
      `${service('hats')}---\napiVersion: fairlead.dev/v1alpha1\nkind: MeshService\nmetadata: { name: shoes }\nspec:\n\tports: [{ port: 80 }]\n`,
    ),
    good: intent(service('hats'), service('shoes')),
  },
  {
    code: 'FL0119',
    name: 'conflict-markers',
    severity: 'error',
    title: 'a merge of Git is not finished in this file',
    explanation:
      'Git marks with `<<<<<<<`, `=======` and `>>>>>>>` what two sides changed. Until one of them is chosen nobody knows what the file means, so none of it is read. ' +
      'What either side declares still counts as declared for the rest of the intent.',
    bad: intent(`${service('hats')}<<<<<<< HEAD\n---\n${service('shoes')}=======\n>>>>>>> feature\n`),
    good: intent(service('hats'), service('shoes')),
  },
  {
    code: 'FL0120',
    name: 'template',
    severity: 'error',
    title: 'a template stands where intent is expected',
    explanation:
      'Text such as `{{ .Values.port }}` or `${PORT}` becomes intent only when Helm, Jinja, envsubst or the like have filled it in. ' +
      'What is compiled and reviewed must be the result: render first, or say with the language itself what the template varies. The first of a file is shown.',
    bad: intent(shoes('ports: [{ port: "{{ .Values.port }}" }]')),
    good: intent(shoes('ports: [{ port: 80 }]')),
  },
  {
    code: 'FL0121',
    name: 'empty-file',
    severity: 'warning',
    title: 'a file of intent holds nothing',
    explanation:
      'A file without any document, or with comments only, declares nothing, and what it declared before is gone as if the file had been deleted. ' +
      'Delete the file if that is meant; if not, look at what emptied it.',
    bad: { intent: { 'intent/shoes.yaml': service('shoes'), 'intent/hats.yaml': '' } },
    good: { intent: { 'intent/shoes.yaml': service('shoes'), 'intent/hats.yaml': service('hats') } },
  },
  {
    code: 'FL0122',
    name: 'submodule',
    severity: 'error',
    title: 'a Git submodule stands where intent is expected',
    explanation:
      'Of a submodule a commit holds the id of a commit of another repository, and no files. What is read from disk, where it is checked out, would be missing from ' +
      'the commit, so that a review would show changes nobody made and a deploy would remove services. ' +
      'Put the files into this repository; a submodule that holds no intent belongs beside the folder `intent/`, which is then all that is read.',
    bad: { text: 'fairlead check HEAD:mesh   # where mesh/payments is a submodule' },
    good: { text: 'fairlead check HEAD:mesh   # where mesh/payments is a folder of this repository' },
  },
  {
    code: 'FL0123',
    name: 'intent-beside',
    severity: 'warning',
    title: 'there is intent beside the folder intent/, and it is not read',
    explanation:
      'Of a folder with a subfolder `intent/` only what is in there is read. Documents with `apiVersion: fairlead.dev/…` beside it declare nothing: ' +
      'whoever wrote them may believe that they do. Move them into `intent/`, or name the folder that holds them. ' +
      'If `intent/` came later and was not meant to replace the rest, remove it.',
    bad: { text: 'intent/shoes.yaml and shop/hats.yaml, both intent' },
    good: { text: 'intent/shoes.yaml and intent/shop/hats.yaml' },
  },
  {
    code: 'FL0124',
    name: 'findings-left-out',
    severity: 'info',
    title: 'not every finding of a file is listed',
    explanation:
      'Of one file 200 findings are listed, errors before warnings; this note counts the others. A file with so many mostly has one cause for all, ' +
      'or is no intent at all. The verdict is that of all findings.',
    bad: { text: 'intent/dump.yaml, a list of 5,000 unknown fields' },
    good: { text: 'intent/shoes.yaml with the one mistake of today' },
  },
] as const satisfies readonly CatalogueEntry[];
