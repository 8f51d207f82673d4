/**
 * A stream of this process as the command line needs it. Whoever reads it may stop (`knot log | head -1`): that is no failure.
 *
 * What is no terminal is written to directly, which starts faster, but hears no signal while the reader is slow. A command that
 * ends by a signal asks for Node's stream.
 */
import { asDiskError, type Clock, directOutput } from "@knotwork/disk";
import type { TextSink } from "./terminal.ts";

export interface ProcessSinkOptions {
  readonly clock: Clock;
  /** Nobody reads any more, or it failed: what follows is dropped. */
  readonly onClosed?: () => void;
  /** Told before `onClosed` why it failed. */
  readonly onFailed: (error: unknown) => void;
}

export interface ProcessSink extends TextSink {
  /** From now on signals are heard while somebody reads slowly. */
  hearSignals(): void;
}

/** @param fd 1 for standard output, 2 for standard error */
export function processSink(fd: 1 | 2, options: ProcessSinkOptions): ProcessSink {
  const direct = directOutput(fd, options.clock);
  let isClosed = false;
  const close = (): void => {
    isClosed = true;
    options.onClosed?.();
  };
  const fail = (error: unknown): void => {
    options.onFailed(error);
    close();
  };
  const openStream = (): NodeJS.WriteStream => {
    const stream = fd === 1 ? process.stdout : process.stderr;
    return stream.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "EPIPE" ? close() : fail(asDiskError(error, "write to", `descriptor ${fd}`)),
    );
  };
  let stream = direct === undefined ? openStream() : undefined;
  return {
    write: (text) => {
      if (isClosed || text === "") return;
      try {
        if (stream !== undefined) stream.write(text);
        else if (direct?.write(text) === false) close();
      } catch (error) {
        fail(error);
      }
    },
    hearSignals: () => void (stream ??= openStream()),
    isTTY: stream?.isTTY === true,
    columns: stream?.columns,
  };
}
