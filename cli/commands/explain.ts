// `fairlead explain`: one code of the catalogue, or one request from the caller's sidecar to the deciding line.
import { Option } from 'commander';
import { type Io, UsageError, writeErrors } from '../io.ts';
import { hasMesh, loadAndCheck } from '../load.ts';
import { resolveCaller } from '../caller.ts';
import type { CommandFile } from '../program.ts';

interface Options {
  readonly from?: string;
  readonly request?: string;
  readonly header: readonly string[];
  readonly format: 'text' | 'json';
}

export const explainCommand: CommandFile = (program, io, finish) => {
  program
    .command('explain')
    .description('explain a code such as FL0412, or why a request is routed, denied or failed as it is')
    .argument('[code-or-dir]', 'a code, or the folder or REV:path of the intent', '.')
    .option('--from <caller>', 'the calling workload, as name or namespace/name, or "outside"')
    .option('--request <request>', "such as 'POST http://shoes/stock' or 'tcp://postgres:5432'")
    .option('-H, --header <header...>', 'a request header, as in curl: "x-beta: true"', [])
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      "\nExamples:\n  fairlead explain FL0412\n  fairlead explain mesh/ --from inventory --request 'GET http://shoes/stock'",
    )
    .action(async (subject: string, options: Options) => {
      if (/^fl\d{4}$/i.test(subject)) return finish(await explainCode(io, subject));
      if (options.from === undefined || options.request === undefined) {
        throw new UsageError(
          'explain needs a code, or both --from and --request',
          "fairlead explain . --from inventory --request 'GET http://shoes/'",
        );
      }
      finish(await explainOneRequest(io, subject, options.from, options.request, options));
    });
};

async function explainCode(io: Io, code: string): Promise<0> {
  const { catalogue, findCode, renderCode, suggest } = await import('../../compiler/index.ts');
  const entry = findCode(code);
  if (!entry) {
    const near = suggest(
      code.toUpperCase(),
      catalogue.map((e) => e.code),
    );
    throw new UsageError(
      `there is no code ${code.toUpperCase()}`,
      near === undefined ? 'compiler/diagnostics/CODES.md lists them all' : `did you mean ${near}?`,
    );
  }
  io.stdout(renderCode(entry));
  return 0;
}

async function explainOneRequest(io: Io, dir: string, from: string, request: string, options: Options): Promise<0 | 1> {
  const { explainRequest, parseRequest, renderExplanationJson, renderExplanationText } = await import(
    '../../compiler/index.ts'
  );
  const parsed = parseRequest(request, options.header);
  if (parsed.problem !== undefined) throw new UsageError(parsed.problem);
  const checked = await loadAndCheck(io, dir, { policies: false });
  const code = writeErrors(io, checked, 'text');
  if (code !== 0 || !hasMesh(checked)) return 1;
  const explanation = explainRequest(checked.mesh, {
    from: resolveCaller(checked.mesh, from),
    request: parsed.request,
  });
  io.stdout(
    options.format === 'json'
      ? renderExplanationJson(explanation)
      : renderExplanationText(explanation, { color: io.color }),
  );
  const { outcome } = explanation.verdict;
  return outcome === 'denied' || outcome === 'unavailable' ? 1 : 0;
}
