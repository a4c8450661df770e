// Loaded before a program: at its end, what it has cost goes to file descriptor 3.
import { writeSync } from 'node:fs';
import type { Usage } from './wide-commands.ts';

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const usage: Usage = {
    ms: Math.round((user + system) / 1000),
    wallMs: Math.round(performance.now()),
    peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  writeSync(3, JSON.stringify(usage));
});
