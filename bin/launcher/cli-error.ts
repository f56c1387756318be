export interface CliErrorOptions extends ErrorOptions {
  /** 2 for wrong usage; 1 is the rule. */
  readonly exitCode?: number;
}

/** What a person did or met at the command line, in words that need no stack. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;

  constructor(message: string, options: CliErrorOptions = {}) {
    super(message, options);
    this.exitCode = options.exitCode ?? 1;
  }
}
