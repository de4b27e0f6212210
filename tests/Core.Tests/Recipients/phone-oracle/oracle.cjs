// node oracle.cjs FOLDER: for each line "COUNTRY<tab>TEXT" of standard input one line "E164 COUNTRY", or "-" where the
// number is invalid or belongs to no country. FOLDER's node_modules holds libphonenumber-js.
'use strict'

const path = require('path')
const { createRequire } = require('module')

const folder = path.resolve(process.argv[2])
const { parsePhoneNumberFromString } = createRequire(path.join(folder, 'package.json'))('libphonenumber-js/max')

function judge (line) {
  const tab = line.indexOf('\t')
  const number = parsePhoneNumberFromString(line.slice(tab + 1), { defaultCountry: line.slice(0, tab) || undefined, extract: false })
  return number && number.country && number.isValid() ? `${number.number} ${number.country}` : '-'
}

const lines = require('fs').readFileSync(0, 'utf8').split('\n')
lines.pop()
process.stdout.write(lines.map(line => judge(line) + '\n').join(''))
