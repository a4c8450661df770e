// That a command asks each back end once: what is checked is what is written.
import { join } from 'node:path';
import t from 'tap';
import { emitIstio, planEnvoy } from '../compiler/index.ts';
import { envoyFiles, istioFiles } from '../cli/compiled-files.ts';
import { hasMesh, loadAndCheck } from '../cli/load.ts';
import type { Backends } from '../cli/mesh-emission.ts';
import { fairlead, folderOf, git, quietIo } from './support/cli.ts';

const intent = `apiVersion: fairlead.dev/v1alpha1
kind: MeshService
metadata: { name: shoes, namespace: shop, labels: { team: catalogue } }
spec: { ports: [{ port: 80 }] }
`;

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
  const checked = await loadAndCheck(quietIo(folder), 'mesh', { policies: true, backends });
  t.same(asked, ['istio', 'envoy'], 'a verdict with the org rules needs both');
  if (!hasMesh(checked)) throw new Error('no mesh');
  const { istio, envoy } = checked.emission;
  t.ok(istioFiles(checked).files.length > 0);
  t.ok(envoyFiles(checked, undefined).files.length > 0);
  t.equal(checked.emission.istio, istio);
  t.equal(checked.emission.envoy, envoy);
  t.same(asked, ['istio', 'envoy'], 'and the files come from what it was given');
});

t.test('without the org rules each back end is asked as well: what it cannot express has no verdict', async (t) => {
  const folder = folderOf(t, { 'mesh/shoes.yaml': intent });
  const { backends, asked } = counting();
  const checked = await loadAndCheck(quietIo(folder), 'mesh', { policies: false, backends });
  t.same(asked, ['istio', 'envoy']);
  if (!hasMesh(checked)) throw new Error('no mesh');
  istioFiles(checked);
  t.same(asked, ['istio', 'envoy']);
});

t.test('what check refuses has no verdict either', async (t) => {
  const ports = 'ports: [{ port: 80, targetPort: 8080 }, { name: tcp, port: 9000, targetPort: 8080, protocol: TCP }]';
  const folder = folderOf(t, { 'a.yaml': intent.replace('ports: [{ port: 80 }]', ports) });
  const asked = ['--from', 'shoes', '--request', 'GET http://shoes/'];
  const line = ['--log-line', '{"workload":"shop/shoes","listener":"inbound_8080"}'];
  for (const args of [['check'], ['check', '--no-policies'], ['compile'], ['test'], ['reach']]) {
    const { code, stderr, stdout } = await fairlead([...args, '.'], folder);
    t.equal(code, 1, args.join(' '));
    t.match(stderr, /FL0553.*port 80 of shoes\.shop.* and TCP for port 9000 of shoes\.shop/, args.join(' '));
    t.equal(stdout, '', args.join(' '));
  }
  for (const args of [asked, line]) {
    const { code, stderr, stdout } = await fairlead(['explain', '.', ...args], folder);
    t.same([code, stdout], [1, '']);
    t.match(stderr, /FL0553/);
  }
});

t.test('objects judged bear the commit that they are written with', async (t) => {
  const folder = folderOf(t, { 'mesh/shoes.yaml': intent });
  await git(folder, 'init', '-q');
  await git(folder, 'add', '.');
  await git(folder, 'commit', '-qm', 'shoes');
  const commit = await git(folder, 'rev-parse', 'HEAD');
  const source = { repository: join(folder, 'mesh'), revision: 'HEAD', path: 'mesh' };
  const checked = await loadAndCheck(quietIo(folder), source, { policies: true });
  t.match(checked.emission?.istio.objects[0]?.metadata.annotations, { 'fairlead.dev/commit': commit });
  const onDisk = await loadAndCheck(quietIo(folder), 'mesh', { policies: true });
  t.notOk(JSON.stringify(onDisk.emission?.istio.objects).includes('fairlead.dev/commit'));
});

t.test('A13: what only our control plane cannot tell apart is refused where it is the target', async (t) => {
  const cache = (name: string) =>
    intent.replace('shoes', name).replace('{ port: 80 }', '{ name: tcp, port: 6379, protocol: TCP }');
  const cart = intent.replace('shoes', 'cart').replace('80 }]', '80 }], uses: [sessions, prices]');
  const addressless = (name: string) =>
    `apiVersion: fairlead.dev/v1alpha1\nkind: ExternalService\nmetadata: { name: ${name}, namespace: shop, labels: { team: catalogue } }\n` +
    `spec: { hosts: [${name}.example.com], ports: [{ port: 6379, protocol: TCP }] }\n`;
  const both = cart.replace('uses: [sessions, prices]', 'uses: [{ external: a }, { external: b }]');
  const ofCluster = folderOf(t, { 'a.yaml': [cache('sessions'), cache('prices'), cart].join('---\n') });
  const outside = folderOf(t, { 'a.yaml': [addressless('a'), addressless('b'), both].join('---\n') });
  const said = async (folder: string, target?: 'istio' | 'envoy') =>
    (await loadAndCheck(quietIo(folder), '.', { policies: true, ...(target && { target }) })).diagnostics
      .map(({ code, severity }) => `${severity} ${code}`)
      .filter((text) => /FL0552|FL0455/.test(text));
  t.same(await said(ofCluster), ['warning FL0455']);
  t.same(await said(ofCluster, 'istio'), []);
  t.same(await said(ofCluster, 'envoy'), ['error FL0552']);
  for (const target of [undefined, 'istio', 'envoy'] as const) t.same(await said(outside, target), ['error FL0552']);
});
