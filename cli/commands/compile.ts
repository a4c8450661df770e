// `fairlead compile`: writes Istio custom resources and Envoy snapshots, to files or to standard output.
import { Option } from 'commander';
import { hasErrors } from '../../compiler/index.ts';
import { type CompiledFiles, type Emitted, envoyFiles, istioFiles } from '../compiled-files.ts';
import { policyChoice } from '../folder.ts';
import { type Format, formats, UsageError, writeFindings } from '../io.ts';
import { hasMesh, loadAndCheck } from '../load.ts';
import { type OutputFile, writeFiles } from '../output-files.ts';
import type { CommandFile } from '../command-file.ts';

const targets = ['istio', 'envoy', 'all'] as const;

interface Options {
  readonly target: (typeof targets)[number];
  readonly out?: string;
  readonly format: Format;
  readonly workload?: string;
  readonly policies?: boolean | string;
}

export const compileCommand: CommandFile = (program, io, finish) => {
  program
    .command('compile')
    .description('compile intent to Istio custom resources and Envoy snapshots')
    .argument('[dir]', 'folder or REV:path', '.')
    .addOption(new Option('--target <target>', 'what to compile to').choices(targets).default('istio'))
    .option('-o, --out <dir>', 'write one file per object below this folder instead of printing')
    .option('--workload <workload>', 'only the Envoy snapshot of this workload, as name or namespace/name')
    .addOption(new Option('--format <format>', 'how to print findings').choices(formats).default('text'))
    .option('--policies <dir>', 'folder with org rules of your own, besides the shipped ones')
    .option('--no-policies', 'leave the org rules out')
    .addHelpText(
      'after',
      '\nExamples:\n  fairlead compile mesh/ | kubectl apply --dry-run=server -f -\n  fairlead compile --target all -o out v1.4:mesh',
    )
    .action(async (dir: string, options: Options) => {
      if (options.workload !== undefined && options.target === 'istio') {
        throw new UsageError('--workload picks an Envoy snapshot, and the target is istio', 'add --target envoy');
      }
      const checked = await loadAndCheck(io, dir, {
        policies: policyChoice(io.cwd, options.policies),
        target: options.target === 'istio' ? 'istio' : 'envoy',
      });
      const code = writeFindings(io, checked, options.format);
      if (code !== 0 || !hasMesh(checked)) return finish(1);
      const { files, diagnostics } = filesOf(checked, options);
      if (hasErrors(diagnostics)) return finish(writeFindings(io, { ...checked, diagnostics }, options.format));
      if (options.out === undefined) io.stdout(files.map(printed).join(''));
      else {
        const { written, unchanged, removed } = await writeFiles(io.cwd, options.out, files);
        io.stderr(`${options.out}: ${written} written, ${unchanged} unchanged, ${removed} removed\n`);
      }
      finish(0);
    });
};

/** A document of its own, with the name that the file would have: one output holds many of them. */
function printed({ path, text }: OutputFile): string {
  return `---\n# ${path}\n${text.replace(/^---\n/, '')}`;
}

function filesOf(checked: Emitted, { target, workload }: Options): CompiledFiles {
  const parts = [
    ...(target !== 'envoy' ? [istioFiles(checked)] : []),
    ...(target !== 'istio' ? [envoyFiles(checked, workload)] : []),
  ];
  return { files: parts.flatMap((p) => p.files), diagnostics: parts.flatMap((p) => p.diagnostics) };
}
