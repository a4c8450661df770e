// One line of progress for work that takes long. On a terminal only, and gone when the work is done.

export interface Progress {
  update(text: string): void;
  /** Makes room for other output; the next update shows the line again. */
  clear(): void;
}

const quiet: Progress = { update: () => {}, clear: () => {} };

/** Shows nothing for the first half second, so that quick work stays silent. */
export function startProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return quiet;
  const start = performance.now();
  let isShown = false;
  return {
    update: (text) => {
      if (performance.now() - start < 500) return;
      isShown = true;
      stream.write(`\r\u001b[2K${text.slice(0, (stream.columns || 80) - 1)}`);
    },
    clear: () => {
      if (isShown) stream.write('\r\u001b[2K');
      isShown = false;
    },
  };
}
