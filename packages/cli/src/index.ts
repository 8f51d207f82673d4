export type { CliEnvironment } from "./cli-environment.ts";
export type { ExitCode } from "./exit-codes.ts";
export type { TextSink } from "./output/terminal.ts";
export { runCli } from "./run-cli.ts";
export { version } from "./version.ts";
