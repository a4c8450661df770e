// `make demo`: the shop, from intent to running mesh, step by step with real requests. Exit 0 only if every step behaved as shown.
import { parseArgs, styleText } from 'node:util';
import { Shop } from './shop.ts';
import { DemoFailure, title } from './stage.ts';
import { steps } from './steps/index.ts';

const { values } = parseArgs({ options: { proxy: { type: 'string', default: 'embedded' } } });
if (values.proxy !== 'embedded' && values.proxy !== 'envoy') {
  console.error(`unknown proxy "${values.proxy}"; known: embedded, envoy`);
  process.exit(2);
}

const shop = new Shop();
const start = performance.now();
let failed = false;
process.on(
  'SIGINT',
  () =>
    void shop
      .stop()
      .then(() => shop.remove())
      .then(() => process.exit(130)),
);
try {
  for (const [index, step] of steps.entries()) {
    title(index + 1, step.title);
    await step.play(shop, values.proxy);
  }
} catch (error) {
  failed = true;
  console.error(
    styleText(
      'red',
      `\nthe demo stopped: ${error instanceof DemoFailure ? error.message : error instanceof Error ? error.stack : error}`,
    ),
  );
  if (shop.output) console.error(`\nwhat fairlead up said:\n${shop.output}`);
} finally {
  await shop.stop();
  shop.remove();
}
if (!failed) {
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `\n${styleText('green', `${steps.length} steps behaved as shown, with the ${values.proxy} proxy, in ${seconds} s`)}\n` +
      'The same to play with, staying up: fairlead up examples/shop',
  );
}
process.exitCode = failed ? 1 : 0;
