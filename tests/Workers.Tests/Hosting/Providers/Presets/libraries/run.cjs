// node run.cjs WHAT: reads one JSON value from standard input and writes one; the libraries are in node_modules beside this file.
'use strict'

const twilio = require('twilio')

const actions = {
  ...require('./email.cjs'),
  ...require('./sms.cjs'),
  // The request that Twilio's library sends, to the server at input.url.
  'twilio-send': async ({ url, sid, token, resource, fields }) => {
    const sent = new URL(url)
    const Client = require('twilio').RequestClient
    class Redirected extends Client {
      request (options) {
        const target = new URL(options.uri)
        target.protocol = sent.protocol
        target.host = sent.host
        return super.request({ ...options, uri: target.toString() })
      }
    }
    await twilio(sid, token, { httpClient: new Redirected() })[resource].create(fields)
    return {}
  },
  'twilio-sign': cases => cases.map(({ token, url, form }) => twilio.getExpectedTwilioSignature(token, url, form)),
  'twilio-body-hash': ({ body }) => twilio.getExpectedBodyHash(body),
  'twilio-check': cases => cases.map(({ token, url, form, signature }) => twilio.validateRequest(token, signature, url, form)),
  // The request that Vonage's library sends; it throws when the answer is no success.
  'vonage-send': async ({ url, key, secret, fields }) => {
    const { Vonage } = require('@vonage/server-sdk')
    await new Vonage({ apiKey: key, apiSecret: secret }, { restHost: url }).sms.send(fields)
    return {}
  },
  'vonage-check': cases => {
    const { Vonage } = require('@vonage/server-sdk')
    const { AlgorithmTypes } = require('@vonage/auth')
    const { sms } = new Vonage({ apiKey: 'k', apiSecret: 's' })
    return cases.map(({ fields, secret, algorithm }) =>
      sms.verifySignature(fields.sig, fields, secret, AlgorithmTypes[algorithm] || AlgorithmTypes[`${algorithm}hmac`]))
  }
}

async function main () {
  const input = JSON.parse(require('fs').readFileSync(0, 'utf8'))
  process.stdout.write(JSON.stringify(await actions[process.argv[2]](input)))
}

main().catch(error => {
  process.stderr.write(String(error && error.stack))
  process.exit(1)
})
