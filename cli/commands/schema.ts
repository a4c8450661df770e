// `fairlead schema`: the JSON Schema of a kind, for editors and for other tools.
import { UsageError } from '../io.ts';
import type { CommandFile } from '../command-file.ts';

export const schemaCommand: CommandFile = (program, io, finish) => {
  program
    .command('schema')
    .description('print the JSON Schema of a kind, or list the kinds')
    .argument('[kind]', 'such as MeshService; without it, the kinds are listed')
    .addHelpText(
      'after',
      '\nExample, for an editor with the YAML language server:\n  fairlead schema MeshService > .vscode/mesh-service.json',
    )
    .action(async (kind: string | undefined) => {
      const { didYouMean, intentSchemas } = await import('../../compiler/index.ts');
      const kinds = Object.keys(intentSchemas);
      if (kind === undefined) {
        io.stdout(`${kinds.join('\n')}\n`);
        return finish(0);
      }
      const found = kinds.find((known) => known.toLowerCase() === kind.toLowerCase());
      if (found === undefined)
        throw new UsageError(
          `there is no kind "${kind}"`,
          didYouMean(kind, kinds) ?? `known kinds: ${kinds.join(', ')}`,
        );
      io.stdout(`${JSON.stringify(intentSchemas[found as keyof typeof intentSchemas], null, 2)}\n`);
      finish(0);
    });
};
