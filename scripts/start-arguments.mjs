// `npm start --agents 8` without `--` never shows `--agents` to the program: npm (11.19) takes the option for its own.
// `--agents=8` arrives as npm_config_agents=8; `--agents 8` arrives as npm_config_agents=true and a lone argument `8`.

const numberOptions = ["agents", "tasks"];
const options = [...numberOptions, "store"];

/** The command was called wrongly; the message says how to call it. */
export class UsageError extends Error {}

/**
 * The arguments as they were meant, npm's appetite undone.
 *
 * @param {readonly string[]} given the arguments that arrived
 * @param {NodeJS.ProcessEnv} env
 * @returns {readonly string[]}
 * @throws {UsageError} when npm left no way to tell which value belongs to which option
 */
export function startArguments(given, env) {
  const swallowed = options.filter((option) => env[`npm_config_${option}`] !== undefined && env["npm_lifecycle_event"]);
  const restored = swallowed.flatMap((option) => {
    const value = env[`npm_config_${option}`] ?? "";
    return value === "true" ? [] : [`--${option}`, value];
  });
  const waiting = swallowed.filter((option) => env[`npm_config_${option}`] === "true");
  // What follows `--` keeps its options and their values: only what stands before the first option is npm's leftover.
  const firstOption = given.findIndex((argument) => argument.startsWith("-"));
  const loose = firstOption === -1 ? [...given] : given.slice(0, firstOption);
  const rest = firstOption === -1 ? [] : given.slice(firstOption);

  for (const option of waiting) {
    const isNumber = numberOptions.includes(option);
    const rivals = waiting.filter((other) => numberOptions.includes(other) === isNumber);
    const candidates = loose.filter((argument) => /^\d+$/.test(argument) === isNumber);
    const [value] = candidates;
    if (value === undefined || candidates.length > 1 || rivals.length > 1) throw ambiguous(swallowed);
    loose.splice(loose.indexOf(value), 1);
    restored.push(`--${option}`, value);
  }
  return [...loose, ...restored, ...rest];
}

/** @param {readonly string[]} swallowed */
function ambiguous(swallowed) {
  const names = swallowed.map((option) => `--${option}`).join(" and ");
  return new UsageError(
    `Cannot read ${names}: npm keeps options for itself unless they follow "--". Write: npm start -- [INPUT] [--agents N] [--tasks N] [--store DIR]`,
  );
}
