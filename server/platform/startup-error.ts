/**
 * Something that stops the start and that the operator can mend.
 * `main.ts` prints `problem` and `remedy` as one line and exits with 1.
 */
export class StartupError extends Error {
  readonly remedy: string;

  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super(problem, options);
    this.name = "StartupError";
    this.remedy = remedy;
  }
}
