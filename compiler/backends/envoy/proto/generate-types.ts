// Writes the TypeScript declarations of Envoy's proto3 JSON into types/ (not committed; `make build` runs this).
// They are declarations only: nothing of them exists at run time.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  CodeGeneratorRequestSchema,
  CodeGeneratorResponseSchema,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';

const here = import.meta.dirname;
const root = join(here, '../../../..');
const target = join(here, 'types');

const { file } = fromBinary(FileDescriptorSetSchema, readFileSync(join(here, 'descriptors.binpb')));
const request = create(CodeGeneratorRequestSchema, {
  parameter: 'target=dts,import_extension=js,json_types=true',
  fileToGenerate: file.map((f) => f.name).filter((name) => !name.startsWith('google/protobuf/')),
  protoFile: file,
  compilerVersion: { major: 5, minor: 29, patch: 0 },
});
const run = spawnSync(process.execPath, [join(root, 'node_modules/@bufbuild/protoc-gen-es/bin/protoc-gen-es')], {
  input: toBinary(CodeGeneratorRequestSchema, request),
  maxBuffer: 1 << 28,
});
if (run.status !== 0) throw new Error(`protoc-gen-es failed: ${run.stderr}`);
const response = fromBinary(CodeGeneratorResponseSchema, run.stdout);
if (response.error) throw new Error(`protoc-gen-es: ${response.error}`);

rmSync(target, { recursive: true, force: true });
for (const generated of response.file) {
  const path = join(target, generated.name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, generated.content);
}
