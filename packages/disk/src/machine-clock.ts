/** The real clock of this machine. */
import { readFileSync } from "node:fs";
import { uptime } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "./clock.ts";

const BOOT_ID_PATH = "/proc/sys/kernel/random/boot_id";

export interface MachineClockOptions {
  /** Where the kernel names the boot. Default: /proc/sys/kernel/random/boot_id. */
  readonly bootIdPath?: string;
}

/** A clock that reads the machine's time; all machine clocks of one boot agree. */
export function machineClock(options: MachineClockOptions = {}): Clock {
  return new MachineClock(options.bootIdPath ?? BOOT_ID_PATH);
}

class MachineClock implements Clock {
  readonly #bootIdPath: string;
  readonly #never: Int32Array = new Int32Array(new SharedArrayBuffer(4));
  #bootId: string | undefined;

  constructor(bootIdPath: string) {
    this.#bootIdPath = bootIdPath;
  }

  nowMs(): number {
    return Date.now();
  }

  /** hrtime counts from the boot for every process; `performance.now` counts from the start of this one. */
  monotonicMs(): number {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1000 + nanoseconds / 1_000_000;
  }

  bootId(): string {
    return (this.#bootId ??= kernelBootId(this.#bootIdPath) ?? bootIdFromUptime());
  }

  async sleepMs(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal === undefined) return delay(ms);
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  pauseMs(ms: number): void {
    Atomics.wait(this.#never, 0, 0, ms);
  }
}

function kernelBootId(path: string): string | undefined {
  try {
    const id = readFileSync(path, "utf8").trim();
    return id === "" ? undefined : id;
  } catch {
    // No such file outside Linux, or hidden in a sandbox: the fallback serves.
    return undefined;
  }
}

/**
 * The time of the boot to the minute. A step of the wall clock changes it: the boot then looks like another one, and
 * deadlines are judged by the wall clock, as after a real restart.
 */
function bootIdFromUptime(): string {
  return `booted-${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
}
