// Timers that are longer than Node can count.
import { globSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { longestTimerMs, onSilence, startTimer, timerMs } from '../timers.ts';

const root = join(import.meta.dirname, '..');

t.test('a timer of more than 31 bits is not cut to a millisecond', async (t) => {
  const warnings: Error[] = [];
  process.on('warning', (warning) => warnings.push(warning));
  const fired: string[] = [];
  const timer = startTimer(99_999_999 * 3_600_000, () => fired.push('timer'));
  const socket = new Socket();
  onSilence(socket, 2 ** 31, () => fired.push('silence'));
  await new Promise<void>((resolve) => startTimer(20, resolve));
  clearTimeout(timer);
  socket.destroy();
  t.same(fired, []);
  t.same(warnings, []);
  t.same([-1, 0, 1, 2 ** 31, Number.POSITIVE_INFINITY].map(timerMs), [0, 0, 1, longestTimerMs, longestTimerMs]);
});

t.test('every timer of the runtime is one of these', async (t) => {
  const files = globSync('**/*.ts', { cwd: root }).filter((file) => !/^(test\/|timers\.ts$)/.test(file));
  const own = files.filter((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return /\bsetTimeout\(/.test(text) && !text.includes('setTimeout as');
  });
  t.ok(files.length > 50);
  t.same(own, []);
});
