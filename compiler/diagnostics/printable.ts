// Text of others for a terminal or a log: it must not move the cursor, nor begin a line of its own (which CI systems take orders from).

/** In one line: control characters and what ends a line are told as U+FFFD, a tab as one column, as in spans. */
export function printable(text: string): string {
  return text.replace(/\t/g, ' ').replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd');
}
