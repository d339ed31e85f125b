/** What went wrong with a request, in the words of whoever refused it. */
export function errorText(error: unknown): string {
  const { data, message, statusText } = (error ?? {}) as {
    data?: { message?: string; error?: string };
    message?: string;
    statusText?: string;
  };
  return data?.message || data?.error || message || statusText || String(error);
}
