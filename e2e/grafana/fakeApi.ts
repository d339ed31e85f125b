import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Something on this machine that answers like the API. */
interface FakeApi {
  url: string;
  stop: () => void;
}

/** Starts an API that knows no AccessKey: it refuses every call the way Alibaba Cloud does. */
export async function startRefusingApi(): Promise<FakeApi> {
  const server = createServer((_request, response) => {
    response.writeHead(404, { 'Content-Type': 'application/json' });
    response.end(
      JSON.stringify({
        Code: 'InvalidAccessKeyId.NotFound',
        Message: 'Specified access key is not found.',
        RequestId: '7D3A9C5E-0000-4000-8000-00000000E2E0',
        HostId: 'cdn.aliyuncs.com',
      })
    );
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, stop: () => void server.close() };
}
