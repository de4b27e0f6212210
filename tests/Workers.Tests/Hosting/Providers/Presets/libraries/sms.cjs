// Requests and signatures of the libraries for sms and calls, for run.cjs.
'use strict'

const http = require('http')
const https = require('https')
const crypto = require('crypto')

// Libraries with a fixed address send to this server instead.
function redirect (url) {
  const { hostname, port } = new URL(url)
  const original = https.request
  https.request = (options, ...more) => http.request(
    { ...options, protocol: 'http:', host: hostname, hostname, port, agent: undefined, servername: undefined }, ...more)
  return () => { https.request = original }
}

// It asks the package of all of Sinch's products, which is not needed here, for its version.
function sinch (url, plan, token) {
  const Module = require('module')
  const load = Module._load
  Module._load = (name, ...more) => name === '@sinch/sdk-core/package.json' ? { version: '0' } : load(name, ...more)
  const { SmsService } = require('@sinch/sms')
  return new SmsService({ servicePlanId: plan, apiToken: token, smsRegion: 'eu', smsHostname: url })
}

const send = {
  plivoSms: async ({ account, token, src, dst, text, more }) =>
    await new (require('plivo').Client)(account, token).messages.create(src, dst, text, more),
  plivoCall: async ({ account, token, from, to, answer, more }) =>
    await new (require('plivo').Client)(account, token).calls.create(from, to, answer, more),
  messageBird: ({ key, fields }) => new Promise((resolve, reject) =>
    require('messagebird').initClient(key).messages.create(fields, error => error ? reject(error) : resolve())),
  telnyx: async ({ url, key, fields }) => {
    const Telnyx = require('telnyx')
    await new (Telnyx.default || Telnyx)({ apiKey: key, baseURL: `${url}/v2`, maxRetries: 0 }).messages.send(fields)
  },
  vonageCall: async ({ url, application, privateKey, call }) => {
    const { Vonage } = require('@vonage/server-sdk')
    await new Vonage({ applicationId: application, privateKey }, { apiHost: url }).voice.createOutboundCall(call)
  },
  sinch: async ({ url, plan, token, fields }) => await sinch(url, plan, token).batches.send({ sendSMSRequestBody: fields }),
  sinchFeedback: async ({ url, plan, token, id }) =>
    await sinch(url, plan, token).batches.sendDeliveryFeedback({ batch_id: id, deliveryFeedbackRequestBody: { recipients: [] } }),
  aws: async ({ url, region, credentials, command, fields }) => {
    const sms = require('@aws-sdk/client-pinpoint-sms-voice-v2')
    const client = new sms.PinpointSMSVoiceV2Client({ region, endpoint: url, credentials, maxAttempts: 1 })
    await client.send(new sms[command](fields))
  }
}

const check = {
  plivo: ({ url, form, nonce, token, signature, version }) => version === 3
    ? require('plivo').validateV3Signature('POST', url, nonce, token, signature, form)
    : require('plivo').validateSignature(url, nonce, signature, token),
  messagebird: async ({ url, body, token, key }) => {
    const { verify, VerifyOptions } = require('messagebird/lib/webhook-signature-jwt')
    const options = new VerifyOptions()
    options.jwtVerifyOptions.currentDate = new Date(Date.now())
    return await verify(url, Buffer.from(body), token, crypto.createSecretKey(Buffer.from(key)), options).then(() => true, () => false)
  },
  telnyx: async ({ body, headers, key }) => {
    const Telnyx = require('telnyx')
    const client = new (Telnyx.default || Telnyx)({ apiKey: 'k', publicKey: key })
    return await Promise.resolve().then(() => client.webhooks.unwrap(body, { headers, key })).then(() => true, () => false)
  },
  vonage: ({ token, secret }) => {
    try {
      return require('@vonage/jwt').verifySignature(token, secret)
    } catch {
      return false
    }
  }
}

module.exports = {
  // One process for all: starting node and loading a library takes longer than what it does.
  'sms-send': async ({ url, requests }) => {
    const end = redirect(url)
    for (const { library, ...input } of requests) {
      await send[library]({ url, ...input })
    }
    end()
    return {}
  },
  // What AWS's own signer makes of the headers, the path and the body of each request.
  'aws-sign': async ({ region, service, credentials, requests }) => {
    const { SignatureV4 } = require('@smithy/signature-v4')
    class Hash {
      constructor (secret) { this.hash = secret ? crypto.createHmac('sha256', secret) : crypto.createHash('sha256') }
      update (data) { this.hash.update(data) }
      async digest () { return new Uint8Array(this.hash.digest()) }
    }
    const signer = new SignatureV4({ region, service, credentials, sha256: Hash, applyChecksum: false })
    return await Promise.all(requests.map(async ({ method, host, path, query, headers, body, at }) => {
      const signed = await signer.sign(
        { method, protocol: 'https:', hostname: host, path, query, headers: { host, ...headers }, body }, { signingDate: new Date(at) })
      return signed.headers.authorization
    }))
  },
  'sms-check': async cases => {
    const verdicts = []
    for (const { library, now, ...input } of cases) {
      if (now) Date.now = () => new Date(now).getTime()
      verdicts.push(await check[library](input))
    }
    return verdicts
  }
}
