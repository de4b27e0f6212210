// Actions of run.cjs for providers of e-mail.
'use strict'

module.exports = {
  // The request that each library sends, to the server at input.url.
  'email-send': async ({ url, sendgrid, mailgun, postmark }) => {
    const mail = require('@sendgrid/mail')
    mail.setApiKey(sendgrid.key)
    mail.client.setDefaultRequest('baseUrl', url)
    await mail.send(sendgrid.message)
    const Mailgun = require('mailgun.js')
    const client = new (Mailgun.default || Mailgun)(FormData).client({ username: 'api', key: mailgun.key, url })
    await client.messages.create(mailgun.domain, mailgun.message)
    const { ServerClient } = require('postmark')
    await new ServerClient(postmark.token, { requestHost: new URL(url).host, useHttps: false }).sendEmail(postmark.message)
    return {}
  },
  // SendGrid's library checks signatures; the one that it is built on makes them.
  'sendgrid-sign': ({ cases }) => {
    const { PrivateKey, Ecdsa } = require('starkbank-ecdsa')
    const key = new PrivateKey()
    return {
      key: key.publicKey().toPem().split('\n').filter(line => !line.startsWith('-')).join(''),
      signatures: cases.map(({ time, body }) => Ecdsa.sign(time + body, key).toBase64())
    }
  },
  'sendgrid-check': cases => {
    const { EventWebhook } = require('@sendgrid/eventwebhook')
    const webhook = new EventWebhook()
    return cases.map(({ key, time, body, signature }) =>
      webhook.verifySignature(webhook.convertPublicKeyToECDSA(key), body, signature, time))
  }
}
