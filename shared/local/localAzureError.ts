/** The local Azure cannot run here, or one of its parts did not start. The CLI prints the sentence and exits 2. */
export class LocalAzureError extends Error {
  override readonly name = "LocalAzureError";
}
