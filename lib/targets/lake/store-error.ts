import type { Problem } from '#lib/domain/problem.ts';
import { AppError, type Retry } from '#lib/platform/errors.ts';

/** A publish completes or leaves the earlier data visible. */
export const UNPUBLISHED = 'Nothing was published.';

const CONNECTION = /^(ECONN|ETIMEDOUT|EPIPE|EAI_AGAIN|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|TimeoutError|REQUEST_SEND_ERROR)/;

/** Whether the store was unreachable or the connection broke. */
export function isConnectionError(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return (
    CONNECTION.test(code ?? '') ||
    CONNECTION.test(error.name) ||
    isCertificateError(error) ||
    /socket hang up/.test(error.message)
  );
}

function isCertificateError(error: Error): boolean {
  return /^(CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|ERR_TLS)/.test((error as NodeJS.ErrnoException).code ?? '');
}

export function connectionProblem(location: string, error: Error): { readonly problem: Problem; readonly retry: Retry } {
  if (isCertificateError(error)) {
    return {
      problem: {
        code: 'certificate-untrusted',
        title: `The certificate of ${location} is not trusted: ${error.message}.`,
        remedy: `Enter the certificate of the authority that signed it in the target. ${UNPUBLISHED}`,
        fixer: 'you',
      },
      retry: 'never',
    };
  }
  return {
    problem: {
      code: 'lake-unavailable',
      title: `Entrada could not reach ${location}, or the connection was lost.`,
      remedy: `Check the endpoint, and that the firewall allows this machine. Then run the task again. ${UNPUBLISHED}`,
      fixer: 'operator',
    },
    retry: 'backoff',
  };
}

export function storeError(problem: Problem, cause: Error, retry: Retry = 'never'): AppError {
  return new AppError(problem, { cause, retry });
}
