import type { BackendSrv, BackendSrvRequest, FetchError, FetchResponse } from '@grafana/runtime';
import { lastValueFrom, Observable } from 'rxjs';

/**
 * Grafana's HTTP client, as far as a data source uses it: JSON in and out, an error of Grafana's shape for a status of
 * 400 and above, and a request that ends when nobody listens any more.
 */
export const backendSrv: BackendSrv = {
  get: (url, params, requestId, options) => request({ ...options, method: 'GET', url, params, requestId }),
  delete: (url, data, options) => request({ ...options, method: 'DELETE', url, data }),
  post: (url, data, options) => request({ ...options, method: 'POST', url, data }),
  patch: (url, data, options) => request({ ...options, method: 'PATCH', url, data }),
  put: (url, data, options) => request({ ...options, method: 'PUT', url, data }),
  request,
  datasourceRequest: (options) => lastValueFrom(fetchOnce(options)),
  fetch: fetchOnce,
  chunked: () => {
    throw new Error('The workbench has no chunked requests');
  },
};

async function request<T>(options: BackendSrvRequest): Promise<T> {
  return (await lastValueFrom(fetchOnce<T>(options))).data;
}

function fetchOnce<T>(options: BackendSrvRequest): Observable<FetchResponse<T>> {
  return new Observable((subscriber) => {
    const abort = new AbortController();
    send<T>(options, abort.signal).then(
      (response) => {
        subscriber.next(response);
        subscriber.complete();
      },
      (error: unknown) => subscriber.error(error)
    );
    return () => abort.abort();
  });
}

async function send<T>(config: BackendSrvRequest, signal: AbortSignal): Promise<FetchResponse<T>> {
  const hasBody = config.data !== undefined;
  const response = await window.fetch(withParams(config.url, config.params), {
    method: config.method ?? 'GET',
    headers: {
      Accept: 'application/json',
      ...(hasBody && { 'Content-Type': 'application/json' }),
      ...config.headers,
    },
    body: hasBody ? JSON.stringify(config.data) : undefined,
    signal,
  });
  const { ok, status, statusText, headers, redirected, type, url } = response;
  const data = parse(await response.text());
  if (!ok) {
    const error: FetchError = { status, statusText, data, config };
    throw error;
  }
  return { data: data as T, ok, status, statusText, headers, redirected, type, url, config };
}

/** Grafana's paths come with and without a leading slash, and may have parameters already. */
function withParams(path: string, params: Record<string, unknown> = {}): string {
  const url = new URL(path, `${window.location.origin}/`);
  for (const [key, value] of Object.entries(params)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) {
        url.searchParams.append(key, String(one));
      }
    }
  }
  return url.toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}
