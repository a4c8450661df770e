// Loaded before a program: at its end, what it has cost goes to file descriptor 3, as `Usage` of wide-commands.ts.
// No TypeScript: to strip the types would be measured along.
import { writeSync } from 'node:fs';

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const usage = {
    ms: Math.round((user + system) / 1000),
    wallMs: Math.round(performance.now()),
    peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  writeSync(3, JSON.stringify(usage));
});
