/** What a stream can show: its width, and whether to paint. */
import pc from "picocolors";
import type { Paint } from "./render.ts";

/** A stream as the command line needs it. Writing never throws; a closed pipe swallows what follows. */
export interface TextSink {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Cells a line has, where known. */
  readonly columns: number | undefined;
}

export interface ColorWish {
  /** `--no-color` */
  readonly refused: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const PIPE_COLUMNS = 100;
const TERMINAL_COLUMNS = 80;
const COLUMNS_MIN = 40;

/** Colour on terminals only, unless `--no-color`, NO_COLOR (https://no-color.org) or a dumb terminal forbids it. */
export function wantsColor(sink: TextSink, wish: ColorWish): boolean {
  if (wish.refused || !sink.isTTY) return false;
  const noColor = wish.env["NO_COLOR"];
  return (noColor === undefined || noColor === "") && wish.env["TERM"] !== "dumb";
}

export function paintFor(color: boolean): Paint {
  if (!color) return (text) => text;
  const colors = pc.createColors(true);
  return (text, style) => (text === "" ? "" : colors[style](text));
}

/** The width to fit tables to: the terminal's; a fixed one for pipes, which COLUMNS overrides. */
export function columnsOf(sink: TextSink, env: Readonly<Record<string, string | undefined>>): number {
  const stated = /^[1-9]\d{0,3}$/.test(env["COLUMNS"] ?? "") ? Number(env["COLUMNS"]) : undefined;
  const columns = sink.isTTY ? (sink.columns ?? stated ?? TERMINAL_COLUMNS) : (stated ?? PIPE_COLUMNS);
  return Math.max(COLUMNS_MIN, columns);
}
