// Reads {secret, headers, body} as JSON from the standard input; ends with 0 where the signature is right, else with 1.
'use strict'

const { Webhook } = require('standardwebhooks')

const { secret, headers, body } = JSON.parse(require('fs').readFileSync(0, 'utf8'))
try {
  new Webhook(secret).verify(body, headers)
} catch (refusal) {
  process.stderr.write(`${refusal.message}\n`)
  process.exitCode = 1
}
