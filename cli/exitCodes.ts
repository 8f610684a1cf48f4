/** How the process ends; 0 when all went well. Documented in docs/cli.md. */
export const exitCodes = {
  /** A run failed or diverged, or stabgap itself did. */
  failure: 1,
  /** `stabgap check`: a limit is broken. */
  violated: 1,
  /** The user can mend it: a wrong flag, a recipe that does not fit, a file that is missing. */
  misuse: 2,
  /** 128 + the signal's number, as shells count. */
  SIGINT: 130,
  SIGTERM: 143,
} as const;
