/** A stream of this process as the command line needs it. Whoever reads it may stop (`knot log | head -1`): that is no failure. */
import { type Clock, directOutput } from "@knotwork/disk";
import type { TextSink } from "./terminal.ts";

export interface ProcessSinkOptions {
  readonly clock: Clock;
  /** Nobody reads any more: what follows is dropped. */
  readonly onClosed?: () => void;
  /** What was written before is all there will be. */
  readonly onFailed: () => void;
}

/** @param fd 1 for standard output, 2 for standard error */
export function processSink(fd: 1 | 2, options: ProcessSinkOptions): TextSink {
  const direct = directOutput(fd, options.clock);
  if (direct === undefined) return streamSink(fd === 1 ? process.stdout : process.stderr, options);
  let isClosed = false;
  const write = (text: string): void => {
    try {
      if (direct.write(text)) return;
    } catch {
      options.onFailed();
    }
    isClosed = true;
    options.onClosed?.();
  };
  return { write: (text) => void (!isClosed && write(text)), isTTY: false, columns: undefined };
}

function streamSink(stream: NodeJS.WriteStream, { onClosed, onFailed }: ProcessSinkOptions): TextSink {
  let isClosed = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    isClosed = true;
    if (error.code !== "EPIPE") onFailed();
    onClosed?.();
  });
  return {
    write: (text) => void (!isClosed && text !== "" && stream.write(text)),
    isTTY: stream.isTTY === true,
    columns: stream.columns,
  };
}
