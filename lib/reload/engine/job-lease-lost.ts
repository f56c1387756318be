/** Reason of a signal that stops a reload because another worker has its job: what is staged stays for that one. */
export class JobLeaseLostError extends Error {
  override readonly name = 'JobLeaseLostError';
}
