// `fairlead review`: what a change means, between two revisions of a Git repository or two folders, without a checkout.
import { Option } from 'commander';
import { type Diagnostic, hasErrors, type RenderMarkdownOptions } from '../../compiler/index.ts';
import { type Io, UsageError, writeFindings } from '../io.ts';
import { type Checked, loadAndCheck, lookupIn } from '../load.ts';
import type { CommandFile } from '../command-file.ts';
import type { TreeSource } from '../sides.ts';

const reviewFormats = ['text', 'markdown', 'json'] as const;

interface Options {
  readonly base?: string;
  readonly head?: string;
  readonly format: (typeof reviewFormats)[number];
  readonly exitCode?: true;
  readonly linkTo?: string;
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
      new Option('--format <format>', 'text for people, markdown for a pull request, json for tools')
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
    .action(async (dir: string, options: Options) => {
      const { resolveSides } = await import('../sides.ts');
      const {
        base: baseArg,
        head: headArg,
        note,
      } = await resolveSides(io, dir, { base: options.base, head: options.head });
      if (note !== undefined) io.stderr(`note: ${note}\n`);
      const base = await loadAndCheck(io, baseArg, { policies: true });
      const head = await loadAndCheck(io, headArg, { policies: true });
      const findings = newFindings(base, head);
      if (!base.compiled || !head.compiled) return finish(refuse(io, base, head, options.format));
      const compiler = await import('../../compiler/index.ts');
      const review = compiler.reviewMeshes(base.compiled, head.compiled);
      const places = { source: baseArg, tree: base.tree };
      io.stdout(
        options.format === 'json'
          ? compiler.renderReviewJson(review, findings)
          : options.format === 'markdown'
            ? compiler.renderReviewMarkdown(review, {
                ...linksOf(io, options.linkTo, places, { source: headArg, tree: head.tree }),
                findings,
              })
            : compiler.renderReviewText(review, { color: io.color }),
      );
      if (options.format === 'text') writeFindings(io, { diagnostics: findings, lookup: head.lookup }, 'text');
      finish(hasErrors(findings) || (options.exitCode && review.rows.length > 0) ? 1 : 0);
    });
};

/** What the change brings up; what the base has already is not its fault. */
function newFindings(base: Checked, head: Checked): readonly Diagnostic[] {
  const known = new Set(base.diagnostics.map((d) => `${d.code} ${d.message}`));
  return head.diagnostics.filter((d) => !known.has(`${d.code} ${d.message}`));
}

/** A base that does not compile cannot be compared with; a head that does not is the finding. */
function refuse(io: Io, base: Checked, head: Checked, format: Options['format']): 1 {
  const form = format === 'json' ? 'json' : 'text';
  if (!base.compiled) io.stderr('the base does not compile, so there is nothing to compare with:\n');
  const side = base.compiled ? head : base;
  writeFindings(io, { diagnostics: side.diagnostics, lookup: lookupIn(side.tree) }, form);
  return 1;
}

interface Side {
  readonly source: TreeSource;
  readonly tree: Checked['tree'];
}

/** Only a commit has a page of its own: what is on disk has none. */
function linksOf(io: Io, linkTo: string | undefined, base: Side, head: Side): RenderMarkdownOptions {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = io.env;
  const page = linkTo ?? (server && name ? `${server}/${name}` : undefined);
  if (page === undefined) return {};
  if (!/^https?:\/\//.test(page) || !URL.canParse(page))
    throw new UsageError(`"${page}" is no address of a page`, 'write it like https://github.com/acme/mesh');
  const [baseUrl, headUrl] = [base, head].map(({ source, tree }) => {
    const path = typeof source === 'string' ? source.slice(source.indexOf(':') + 1) : source.path;
    if (tree.commit === undefined || path.startsWith('.')) return undefined;
    const folder = path === '' || path.endsWith('/') ? path : `${path}/`;
    return `${page.replace(/\/+$/, '')}/blob/${tree.commit}/${folder}`;
  });
  return { ...(baseUrl !== undefined && { baseUrl }), ...(headUrl !== undefined && { headUrl }) };
}
