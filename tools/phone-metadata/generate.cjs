// Only what parsing and validation read is kept: formatting rules and the codes without a country
// (+800, +881, ...) are left out. One country a line, so that an update reads well as a diff.
'use strict'

const fs = require('fs')
const path = require('path')

const source = require('libphonenumber-js/metadata.max.json')
const { version } = JSON.parse(
  fs.readFileSync(path.join(path.dirname(require.resolve('libphonenumber-js/metadata.max.json')), 'package.json'), 'utf8'))

// Positions in the package's array per country.
const at = { code: 0, idd: 1, pattern: 2, lengths: 3, prefix: 5, prefixForParsing: 7, transform: 8, leading: 10, types: 11 }

// Position in the package's array of types. Any match makes a number valid, so what OTPs go to comes first.
const types = { mobile: 1, fixed: 0, voip: 8, personal: 4, tollFree: 2, premium: 3, sharedCost: 9, uan: 6, pager: 7, voicemail: 5 }

function plan (entry) {
  const kept = { code: entry[at.code], idd: entry[at.idd], pattern: entry[at.pattern], lengths: entry[at.lengths] }
  const prefix = entry[at.prefixForParsing] || entry[at.prefix]
  if (prefix) kept.prefix = prefix
  if (entry[at.transform]) kept.transform = entry[at.transform]
  if (entry[at.leading]) kept.leading = entry[at.leading]
  kept.types = {}
  for (const [name, position] of Object.entries(types)) {
    const type = entry[at.types][position]
    if (!type || !type[0]) continue
    kept.types[name] = type[1] ? { pattern: type[0], lengths: type[1] } : { pattern: type[0] }
  }
  return kept
}

const lines = entries => entries.map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(',\n')
const countries = Object.entries(source.countries).map(([iso, entry]) => [iso, plan(entry)])
const callingCodes = Object.entries(source.country_calling_codes)

const text = `{
  "source": ${JSON.stringify(`libphonenumber-js ${version}`)},
  "callingCodes": {
${lines(callingCodes)}
  },
  "countries": {
${lines(countries)}
  }
}
`

const target = path.join(__dirname, '..', '..', 'src', 'Core', 'Recipients', 'phone-metadata.json')
fs.writeFileSync(target, text)
console.log(`${countries.length} countries, ${callingCodes.length} calling codes -> ${path.relative(process.cwd(), target)}`)
