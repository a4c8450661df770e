// `fairlead explain`: one code of the catalogue, or one request from the caller's sidecar to the deciding line.
import { Option } from 'commander';
import { type Io, UsageError, writeErrors } from '../io.ts';
import { hasMesh, loadAndCheck } from '../load.ts';
import { resolveCaller, resolveProxied } from '../caller.ts';
import type { CommandFile } from '../command-file.ts';

interface Options {
  readonly from?: string;
  readonly request?: string;
  readonly header?: readonly string[];
  readonly logLine?: string;
  readonly workload?: string;
  readonly format: 'text' | 'json';
}

export const explainCommand: CommandFile = (program, io, finish) => {
  program
    .command('explain')
    .description('explain a code such as FL0412, or why a request is routed, denied or failed as it is')
    .argument('[code-or-dir]', 'a code, or the folder or REV:path of the intent', '.')
    .option(
      '--from <caller>',
      'the calling workload, as name or namespace/name, "outside", or "unmeshed" for a process without a proxy; with --log-line where the line does not name it',
    )
    .option('--request <request>', "such as 'POST http://shoes/stock' or 'tcp://postgres:5432'")
    .option('-H, --header <header>', 'a request header, as in curl: "x-beta: true"; may be repeated', collect)
    .option(
      '--log-line <line>',
      "a line of a proxy's access log (ours, or Istio's default text or JSON): which route and rule it came from; - reads standard input",
    )
    .option('--workload <workload>', 'whose proxy wrote the log lines, where they do not say it (Istio)')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      "\nExamples:\n  fairlead explain FL0412\n  fairlead explain mesh/ --from inventory --request 'GET http://shoes/stock'" +
        '\n  grep rbac_access_denied proxy.log | tail -1 | fairlead explain mesh/ --log-line -' +
        '\n  kubectl logs -n shop deploy/shoes -c istio-proxy | fairlead explain mesh/ --log-line - --workload shoes',
    )
    .action(async (subject: string, options: Options) => {
      refuseUnused(subject, options);
      if (codePattern.test(subject)) return finish(await explainCode(io, subject, options.format));
      if (options.logLine !== undefined) return finish(await explainLines(io, subject, options.logLine, options));
      const { from, request } = options;
      if (from === undefined || request === undefined) {
        throw new UsageError(
          'explain needs a code, or --from and --request, or --log-line',
          "fairlead explain . --from inventory --request 'GET http://shoes/'",
        );
      }
      finish(await explainOneRequest(io, subject, { ...options, from, request }));
    });
};

/** One value each time, so that what follows is still the folder. */
function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** What would be ignored was meant to do something. */
function refuseUnused(subject: string, { from, request, header = [], logLine, workload }: Options): void {
  const isCode = codePattern.test(subject);
  const unused: readonly (readonly [option: string, isUnused: boolean, why: string])[] = [
    ['--from', isCode && from !== undefined, 'a code has no caller'],
    ['--request', isCode && request !== undefined, 'a code is no request'],
    ['--log-line', isCode && logLine !== undefined, 'a code is in no log'],
    ['--request', request !== undefined && logLine !== undefined, 'a log line tells the request itself'],
    ['--header', header.length > 0 && request === undefined, 'headers are those of a --request'],
    ['--workload', workload !== undefined && logLine === undefined, 'it says whose proxy wrote a --log-line'],
  ];
  const [first] = unused.filter(([, isUnused]) => isUnused);
  if (first) throw new UsageError(`${first[0]} has no meaning here: ${first[2]}`, `leave out ${first[0]}`);
}

const codePattern = /^fl\d{4}$/i;

async function explainCode(io: Io, code: string, format: Options['format']): Promise<0> {
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
  io.stdout(format === 'json' ? `${JSON.stringify(entry, null, 2)}\n` : renderCode(entry));
  return 0;
}

type RequestOptions = Options & { readonly from: string; readonly request: string };

async function explainOneRequest(io: Io, dir: string, options: RequestOptions): Promise<0 | 1> {
  const { explainRequest, parseRequest, renderExplanationJson, renderExplanationText } = await import(
    '../../compiler/index.ts'
  );
  const parsed = parseRequest(options.request, options.header);
  if (parsed.problem !== undefined) throw new UsageError(parsed.problem);
  const checked = await loadAndCheck(io, dir, { policies: false });
  const code = writeErrors(io, checked, options.format);
  if (code !== 0 || !hasMesh(checked)) return 1;
  const explanation = explainRequest(checked.mesh, {
    from: resolveCaller(checked.mesh, options.from),
    request: parsed.request,
  });
  const render = options.format === 'json' ? renderExplanationJson : renderExplanationText;
  io.stdout(render(explanation, { color: io.color, folder: checked.folders.named }));
  const { outcome } = explanation.verdict;
  return outcome === 'denied' || outcome === 'unavailable' ? 1 : 0;
}

/** Lines are explained one after the other; what is no line of an access log is passed over, counted and said. */
async function explainLines(io: Io, dir: string, given: string, { format, workload, from }: Options): Promise<0 | 1> {
  const compiler = await import('../../compiler/index.ts');
  const texts = (given === '-' ? await readLog(io) : given).split('\n');
  const parsed = texts.flatMap((text, i) =>
    text.trim() === '' ? [] : [{ number: i + 1, ...compiler.parseLogLine(text) }],
  );
  const lines = parsed.flatMap(({ line }) => line ?? []);
  const unread = parsed.filter(({ line }) => !line);
  const [first] = unread;
  if (lines.length === 0) throw new UsageError(first?.problem ?? 'there is no log line to explain', logHint);
  const checked = await loadAndCheck(io, dir, { policies: false });
  const code = writeErrors(io, checked, format);
  if (code !== 0 || !hasMesh(checked)) return 1;
  const hints = {
    ...(workload !== undefined && { workload: resolveProxied(checked.mesh, workload) }),
    ...(from !== undefined && { from: resolveCaller(checked.mesh, from) }),
  };
  const index = compiler.indexMesh(checked.mesh);
  const render = format === 'json' ? compiler.renderLogExplanationJson : compiler.renderLogExplanationText;
  io.stdout(
    lines
      .map((line) =>
        render(compiler.explainLogLine(index, line, hints), { color: io.color, folder: checked.folders.named }),
      )
      .join('\n'),
  );
  if (first) {
    io.stderr(
      `warning: ${unread.length} of ${parsed.length} lines ${unread.length === 1 ? 'is' : 'are'} left out; line ${first.number}: ${first.problem}\n`,
    );
  }
  return 0;
}

/** As long as a log is, whoever asks reads few answers. */
const maxLogBytes = 64 * 1024 * 1024;

/** What is no UTF-8 in one line keeps nobody from the others. */
async function readLog(io: Io): Promise<string> {
  const bytes = await io.stdin(maxLogBytes);
  if (bytes.length <= maxLogBytes) return new TextDecoder().decode(bytes);
  const { formatBytes } = await import('../../compiler/index.ts');
  throw new UsageError(
    `standard input is more than ${formatBytes(maxLogBytes)}, the most that is read of a log`,
    'send the lines that are in question, such as `grep rbac_access_denied proxy.log | tail -20`',
    'FL0110',
  );
}

const logHint = '`fairlead status --format json` names the log file of each proxy, under "programs"';
