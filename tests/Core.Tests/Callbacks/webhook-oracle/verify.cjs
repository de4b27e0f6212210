// node verify.cjs FOLDER: standard input is one JSON object {secret, headers, body}; prints "ok" or why the library refuses it.
// FOLDER's node_modules holds standardwebhooks.
'use strict'

const path = require('path')
const { createRequire } = require('module')

const folder = path.resolve(process.argv[2])
const { Webhook } = createRequire(path.join(folder, 'package.json'))('standardwebhooks')

const { secret, headers, body } = JSON.parse(require('fs').readFileSync(0, 'utf8'))
try {
  new Webhook(secret).verify(body, headers)
  process.stdout.write('ok')
} catch (refusal) {
  process.stdout.write(refusal.message)
}
