// That a command asks each back end once: what is checked is what is written.
import { join } from 'node:path';
import t from 'tap';
import { emitIstio, planEnvoy } from '../compiler/index.ts';
import { envoyFiles, istioFiles } from '../cli/compiled-files.ts';
import type { Io } from '../cli/io.ts';
import { hasMesh, loadAndCheck } from '../cli/load.ts';
import type { Backends } from '../cli/mesh-emission.ts';
import { folderOf, git } from './support/cli.ts';

const intent = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: shoes, namespace: shop, labels: { team: catalogue } }
spec: { ports: [{ port: 80 }] }
`;

function ioIn(cwd: string): Io {
  return { stdout: () => {}, stderr: () => {}, stdin: async () => '', cwd, env: {}, color: false, colorErrors: false };
}

function counting(): { readonly backends: Backends; readonly asked: string[] } {
  const asked: string[] = [];
  const backends: Backends = {
    emitIstio: (...given) => {
      asked.push('istio');
      return emitIstio(...given);
    },
    planEnvoy: (...given) => {
      asked.push('envoy');
      return planEnvoy(...given);
    },
  };
  return { backends, asked };
}

t.test('each back end is asked once for a check and all files', async (t) => {
  const folder = folderOf(t, { 'mesh/shoes.yaml': intent });
  const { backends, asked } = counting();
  const checked = await loadAndCheck(ioIn(folder), 'mesh', { policies: true, backends });
  t.same(asked, ['istio', 'envoy'], 'a verdict with the org rules needs both');
  if (!hasMesh(checked)) throw new Error('no mesh');
  const { istio, envoy } = checked.emission;
  t.ok(istioFiles(checked).files.length > 0);
  t.ok(envoyFiles(checked, undefined).files.length > 0);
  t.equal(checked.emission.istio, istio);
  t.equal(checked.emission.envoy, envoy);
  t.same(asked, ['istio', 'envoy'], 'and the files come from what it was given');
});

t.test('nobody is asked for what nobody wants to know', async (t) => {
  const folder = folderOf(t, { 'mesh/shoes.yaml': intent });
  const { backends, asked } = counting();
  const checked = await loadAndCheck(ioIn(folder), 'mesh', { policies: false, backends });
  t.same(asked, []);
  if (!hasMesh(checked)) throw new Error('no mesh');
  istioFiles(checked);
  t.same(asked, ['istio']);
});

t.test('objects judged bear the commit that they are written with', async (t) => {
  const folder = folderOf(t, { 'mesh/shoes.yaml': intent });
  await git(folder, 'init', '-q');
  await git(folder, 'add', '.');
  await git(folder, 'commit', '-qm', 'shoes');
  const commit = await git(folder, 'rev-parse', 'HEAD');
  const source = { repository: join(folder, 'mesh'), revision: 'HEAD', path: 'mesh' };
  const checked = await loadAndCheck(ioIn(folder), source, { policies: true });
  t.match(checked.emission?.istio.objects[0]?.metadata.annotations, { 'fairlead.dev/commit': commit });
  const onDisk = await loadAndCheck(ioIn(folder), 'mesh', { policies: true });
  t.notOk(JSON.stringify(onDisk.emission?.istio.objects).includes('fairlead.dev/commit'));
});
