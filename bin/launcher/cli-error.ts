export interface CliErrorOptions extends ErrorOptions {
  /** 2 for wrong usage; default 1. */
  readonly exitCode?: number;
}

/** An error of the command line with a message for people, which is printed without a stack trace. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;

  constructor(message: string, options: CliErrorOptions = {}) {
    super(message, options);
    this.exitCode = options.exitCode ?? 1;
  }
}
