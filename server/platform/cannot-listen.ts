import { errorCode } from "./error-code.ts";
import { StartupError } from "./startup-error.ts";

type Place = {
  /** `Port` or `SMTP port`. */
  name: string;
  port: number;
  portVariable: string;
  /** What else may be done with the port's variable. */
  orElse?: string;
  host: string;
  hostVariable: string;
};

/** What the operator is told about a port that cannot be opened; any other error as it is. */
export function cannotListen(error: unknown, place: Place): unknown {
  const { name, port, portVariable, orElse = "", host, hostVariable } = place;
  const because = { cause: error };
  switch (errorCode(error)) {
    case "EADDRINUSE":
      return new StartupError(
        `${name} ${port} is taken.`,
        `Stop what uses it, or set ${portVariable} to another one${orElse}.`,
        because,
      );
    case "EACCES":
      return new StartupError(
        `${name} ${port} may not be opened by this user.`,
        `Set ${portVariable} to 1024 or more${orElse}.`,
        because,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new StartupError(
        `${hostVariable} ${host} is not an address of this machine.`,
        `Correct ${hostVariable}.`,
        because,
      );
    default:
      return error;
  }
}
