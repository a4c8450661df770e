// `fairlead review`: what a change means, between two revisions of a Git repository or two folders, without a checkout.
import { Option } from 'commander';
import type { RenderMarkdownOptions } from '../../compiler/index.ts';
import { type Io, UsageError, writeFindings } from '../io.ts';
import { type Checked, hasMesh, loadAndCheck, lookupIn } from '../load.ts';
import type { CommandFile } from '../program.ts';
import type { TreeSource } from '../sides.ts';

const reviewFormats = ['text', 'markdown', 'json'] as const;

interface Options {
  readonly base: string;
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
    .requiredOption('--base <rev|dir>', 'revision (of the repository of [dir]) or folder to compare with')
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
      const { resolveSide } = await import('../sides.ts');
      const [baseArg, headArg] = await Promise.all([
        resolveSide(io, dir, options.base),
        options.head === undefined ? dir : resolveSide(io, dir, options.head),
      ]);
      const base = await loadAndCheck(io, baseArg, { policies: false });
      const head = await loadAndCheck(io, headArg, { policies: true });
      const code = report(base, head, options.format);
      if (code !== undefined) return finish(code);
      if (!hasMesh(base) || !hasMesh(head)) return finish(1);
      const { renderReviewJson, renderReviewMarkdown, renderReviewText, reviewMeshes } = await import(
        '../../compiler/index.ts'
      );
      const review = reviewMeshes(base.mesh, head.mesh);
      const text =
        options.format === 'json'
          ? renderReviewJson(review)
          : options.format === 'markdown'
            ? renderReviewMarkdown(
                review,
                linksOf(io, options.linkTo, { source: baseArg, tree: base.tree }, { source: headArg, tree: head.tree }),
              )
            : renderReviewText(review, { color: io.color });
      io.stdout(text);
      finish(options.exitCode && review.rows.length > 0 ? 1 : 0);
    });

  /** A base that does not compile cannot be compared with; a head that does not is the finding. */
  function report(base: Checked, head: Checked, format: Options['format']): 1 | undefined {
    const findings = format === 'json' ? 'json' : 'text';
    if (!hasMesh(base) && base.tree.files.length === 0 && base.diagnostics.length === 0)
      throw new UsageError('the base holds no intent');
    if (!hasMesh(base)) {
      io.stderr('the base does not compile, so there is nothing to compare with:\n');
      writeFindings(io, { diagnostics: base.diagnostics, lookup: lookupIn(base.tree) }, findings);
      return 1;
    }
    const failed = head.diagnostics.some((d) => d.severity === 'error');
    const known = new Set(base.diagnostics.map((d) => `${d.code} ${d.message}`));
    const news = head.diagnostics.filter((d) => d.severity === 'error' || !known.has(`${d.code} ${d.message}`));
    if (news.length > 0) writeFindings(io, { diagnostics: news, lookup: head.lookup }, failed ? findings : 'text');
    return hasMesh(head) ? (failed ? 1 : undefined) : 1;
  }
};

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
