import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";

export type Failure = { where: string; test: string; message: string };
export type Outcome = { passed: number; skipped: number; failures: Failure[] };

const VitestReport = z.object({
  numPassedTests: z.number(),
  numPendingTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});

/** What Vitest's JSON report says. A file that could not be loaded, or whose hooks failed, has failed although no test of it has. */
export function readVitest(json: unknown, root: string): Outcome {
  const report = VitestReport.parse(json);
  const failures = report.testResults.flatMap((file): Failure[] => {
    const where = relative(root, file.name);
    const failed = file.assertionResults
      .filter((result) => result.status === "failed")
      .map(({ fullName, failureMessages }) => ({
        where,
        test: fullName.trim(),
        message: (failureMessages ?? []).join("\n"),
      }));
    if (failed.length > 0 || file.status !== "failed") return failed;
    return [{ where, test: "(the file)", message: file.message }];
  });
  return { passed: report.numPassedTests, skipped: report.numPendingTests, failures };
}

const Spec = z.object({
  title: z.string(),
  ok: z.boolean(),
  file: z.string(),
  line: z.number(),
  tests: z.array(
    z.object({ results: z.array(z.object({ errors: z.array(z.object({ message: z.string().optional() })) })) }),
  ),
});
const Suite = z.object({
  specs: z.array(Spec),
  get suites() {
    return z.array(Suite).optional();
  },
});
const PlaywrightReport = z.object({
  suites: z.array(Suite),
  stats: z.object({ expected: z.number(), flaky: z.number(), skipped: z.number() }),
  errors: z.array(z.object({ message: z.string().optional() })),
});

/** What Playwright's JSON report says, with what failed outside of any test. */
export function readPlaywright(json: unknown): Outcome {
  const { suites, stats, errors } = PlaywrightReport.parse(json);
  const failures = specsOf(suites)
    .filter((spec) => !spec.ok)
    .map((spec) => ({
      where: `e2e/${spec.file}:${spec.line}`,
      test: spec.title,
      message: spec.tests
        .flatMap((test) => test.results.flatMap((result) => result.errors.map((error) => error.message ?? "")))
        .join("\n"),
    }));
  const outside = errors.map((error) => ({ where: "e2e", test: "(outside of tests)", message: error.message ?? "" }));
  return { passed: stats.expected + stats.flaky, skipped: stats.skipped, failures: [...failures, ...outside] };
}

function specsOf(suites: z.infer<typeof Suite>[]): z.infer<typeof Spec>[] {
  return suites.flatMap((suite) => [...suite.specs, ...specsOf(suite.suites ?? [])]);
}

const LINES_OF_A_FAILURE = 12;

/** The failures as the end of a long log shows them: where, which, and the beginning of why. */
export function describeFailures(failures: Failure[]): string {
  return failures
    .map(({ where, test, message }) => {
      const why = stripVTControlCharacters(message).trim().split("\n").slice(0, LINES_OF_A_FAILURE);
      return [`FAILED ${where} › ${test}`, ...why.map((line) => `    ${line}`), ""].join("\n");
    })
    .join("\n");
}
