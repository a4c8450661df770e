// `fairlead review`: what a change means, between two revisions of a Git repository or two folders, without a checkout.
import { Option } from 'commander';
import { hasErrors, type RenderMarkdownOptions } from '../../compiler/index.ts';
import { short } from '../commit-id.ts';
import { type ExitCode, type Io, UsageError, writeFindings } from '../io.ts';
import { type Checked, loadAndCheck } from '../load.ts';
import { newFindings } from '../new-findings.ts';
import type { CommandFile } from '../command-file.ts';
import type { TreeSource } from '../sides.ts';

const reviewFormats = ['text', 'markdown', 'json', 'sarif'] as const;

interface Options {
  readonly base?: string;
  readonly head?: string;
  readonly format: (typeof reviewFormats)[number];
  readonly exitCode?: true;
  readonly linkTo?: string;
  /** Of Fairlead. */
  readonly version: string;
}

export const reviewCommand: CommandFile = (program, io, finish) => {
  program
    .command('review')
    .description('review a change by its meaning: access, traffic, exposure, mTLS, each with an example request')
    .argument('[dir]', 'folder of the intent inside its Git repository', '.')
    .option(
      '--base <rev|dir>',
      'revision (of the repository of [dir]) or folder to compare with; of a revision, where the head left it. A..B and A...B mean what they mean to git diff (default: the branch that CI merges into, else the upstream)',
    )
    .option('--head <rev|dir>', 'revision or folder that has the change (default: [dir] as it is on disk)')
    .addOption(
      new Option(
        '--format <format>',
        'text for people, markdown for a pull request, sarif for code scanning, json for tools',
      )
        .choices(reviewFormats)
        .default('text'),
    )
    .option(
      '--link-to <url>',
      'page of the repository, such as https://github.com/acme/mesh: makes places links (Markdown; default: in GitHub Actions, the repository)',
    )
    .option('--exit-code', 'exit 1 if anything changes, as `git diff --exit-code` does')
    .addHelpText(
      'after',
      '\nExamples:\n  fairlead review --base main\n  fairlead review --base origin/main --head HEAD --format markdown mesh/',
    )
    .action(async (dir: string, options: Options) =>
      finish(await review(io, dir, { ...options, version: program.version() ?? 'unknown' })),
    );
};

async function review(io: Io, dir: string, options: Options): Promise<ExitCode> {
  const { resolveSides } = await import('../sides.ts');
  const sources = await resolveSides(io, dir, { base: options.base, head: options.head });
  if (sources.note !== undefined) io.stderr(`note: ${sources.note}\n`);
  const base = await loadAndCheck(io, sources.base, { policies: true });
  const head = await loadAndCheck(io, sources.head, { policies: true });
  const isFirst = !base.compiled && isWithoutIntent(base, sources.base);
  const links = () =>
    linksOf(io, options.linkTo, { source: sources.base, tree: base.tree }, { source: sources.head, tree: head.tree });
  const compiler = await import('../../compiler/index.ts');
  const before =
    isFirst && head.compiled ? { ...head.compiled, ...compiler.noNodes, passthrough: base.passthrough } : base.compiled;
  const inRepository = { base: base.folders.inRepository, head: head.folders.inRepository };
  const sarif = { version: options.version, folder: head.folders.inRepository };
  if (!before || !head.compiled) {
    const broken: Broken = { ...(!head.compiled && { head }), ...(!before && !isFirst && { base }) };
    const findings = { head: broken.head?.diagnostics, base: broken.base?.diagnostics };
    const comments: Partial<Record<Options['format'], () => string>> = {
      markdown: () => compiler.renderRefusalMarkdown(findings, { ...links(), folders: inRepository }),
      // Lines of the base are not in the tree that is looked at.
      sarif: () => compiler.renderSarif((findings.head ?? []).map(compiler.sarifOf), sarif),
    };
    io.stdout(comments[options.format]?.() ?? '');
    return refuse(io, broken, options.format);
  }
  if (isFirst) io.stderr('note: the base has no intent, so everything is new\n');
  const findings = newFindings(base, head);
  const found = compiler.reviewMeshes(before, head.compiled);
  const isWorkingTree = options.head === undefined && sources.head === dir;
  const sides = {
    base: nameOf(sources.base, base.tree),
    head: isWorkingTree ? 'working tree' : nameOf(sources.head, head.tree),
  };
  const folders = { base: base.folders.named, head: head.folders.named };
  const renderers: Readonly<Record<Options['format'], () => string>> = {
    sarif: () => {
      const results = compiler.sarifOfReview(found, changedFirst(base.tree, head.tree));
      return compiler.renderSarif([...results, ...findings.map(compiler.sarifOf)], sarif);
    },
    json: () => compiler.renderReviewJson(found, { findings, sides, folders }),
    markdown: () => compiler.renderReviewMarkdown(found, { ...links(), findings, sides, folders: inRepository }),
    text: () => compiler.renderReviewText(found, { color: io.color, sides, folders }),
  };
  io.stdout(renderers[options.format]());
  if (options.format === 'text') writeFindings(io, { ...head, diagnostics: findings }, 'text');
  return hasErrors(findings) || (options.exitCode && !compiler.isQuiet(found)) ? 1 : 0;
}

/** The files of the head, those that the change touches before the others. */
function changedFirst(base: Checked['tree'], head: Checked['tree']): readonly string[] {
  const earlier = new Map(base.files.map(({ path, text }) => [path, text]));
  const isSame = ({ path, text }: (typeof head.files)[number]) => earlier.get(path) === text;
  return head.files.toSorted((a, b) => Number(isSame(a)) - Number(isSame(b))).map(({ path }) => path);
}

/** Those of the two that do not compile. */
interface Broken {
  readonly head?: Checked;
  readonly base?: Checked;
}

/** A head that does not compile is the finding; a base that does not cannot be compared with. Of both, JSON has the head. */
function refuse(io: Io, { head, base }: Broken, format: Options['format']): 1 {
  const own = format === 'json' ? 'json' : 'text';
  if (head) writeFindings(io, head, own);
  if (base) {
    io.stderr('the base does not compile, so there is nothing to compare with:\n');
    writeFindings(io, base, head ? 'text' : own);
  }
  return 1;
}

/** Before the first intent there is nothing, which is no mistake: a revision without the folder, or with nothing of intent in it. */
function isWithoutIntent({ tree, diagnostics }: Checked, source: TreeSource): boolean {
  const isAbsent = tree.files.length === 0 && typeof source !== 'string';
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return errors.every(({ code }) => code === 'FL0114' || (code === 'FL0113' && isAbsent));
}

/** The commit, where there is one. */
function nameOf(source: TreeSource, { commit }: Checked['tree']): string {
  if (commit !== undefined) return short(commit);
  return typeof source === 'string' ? source : source.revision;
}

interface Side {
  readonly source: TreeSource;
  readonly tree: Checked['tree'];
}

/** Only a commit has a page of its own: what is on disk has none. */
function linksOf(io: Io, linkTo: string | undefined, base: Side, head: Side): RenderMarkdownOptions {
  const { env } = io;
  const isOnGitHub = env.GITHUB_SERVER_URL && env.GITHUB_REPOSITORY;
  const page = linkTo ?? (isOnGitHub ? `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}` : undefined);
  if (page === undefined) return {};
  if (!/^https?:\/\//.test(page) || !URL.canParse(page))
    throw new UsageError(`"${page}" is no address of a page`, 'write it like https://github.com/acme/mesh');
  const [baseUrl, headUrl] = [base, head].map(({ source, tree }) => {
    const path = typeof source === 'string' ? source.slice(source.indexOf(':') + 1) : source.path;
    if (tree.commit === undefined || path.startsWith('.')) return undefined;
    const folder = path === '' || path.endsWith('/') ? path : `${path}/`;
    const inUrl = folder.split('/').map(encodeURIComponent).join('/');
    return `${new URL(page).href.replace(/\/+$/, '')}/blob/${tree.commit}/${inUrl}`;
  });
  return { ...(baseUrl !== undefined && { baseUrl }), ...(headUrl !== undefined && { headUrl }) };
}
