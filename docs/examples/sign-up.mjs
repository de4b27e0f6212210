// A sign-up: request a PIN, send it again, call instead, verify, take the callback. Node 18, without a package.
// OTP_URL, OTP_API_KEY and OTP_WEBHOOK_SECRET come from .local/demo.env. The sandbox plays the user's phone.
import { createHmac, randomInt, randomUUID, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const { OTP_URL: url, OTP_API_KEY: key, OTP_WEBHOOK_SECRET: secret } = process.env
const RESEND_TOO_SOON = 2131, WRONG_PIN = 2029

// The status, the body and the seconds of Retry-After.
async function call(method, path, body, headers = {}) {
    const answer = await fetch(url + path, {
        method, body: body && JSON.stringify(body), signal: AbortSignal.timeout(10_000),
        headers: { 'X-API-KEY': key, 'Content-Type': 'application/json', ...headers },
    })
    return { status: answer.status, body: await answer.json(), seconds: Number(answer.headers.get('Retry-After') ?? 0) }
}

// An SMS first; a call after two minutes, if nobody has verified by then. The key makes a repetition safe.
async function requestOtp(phoneNumber, otpCallbackUrl) {
    const otp = { phoneNumber, channels: ['sms', { channel: 'call', waitSeconds: 120 }], maxAttempts: 3, otpCallbackUrl }
    const answer = await call('POST', '/otp', otp, { 'Idempotency-Key': randomUUID() })
    return answer.status === 201 ? answer.body : stop(answer)
}

// The button "send again": a real page shows a countdown instead of sleeping.
async function resend(otpId) {
    for (;;) {
        const answer = await call('POST', `/otp/${otpId}/resend`)
        if (answer.status === 202) return answer.body
        if (answer.body.error.code !== RESEND_TOO_SOON) stop(answer)
        console.log(`too soon to send again: ${answer.seconds} s`)
        await sleep(answer.seconds * 1000)
    }
}

// A message that is still being sent is not sent again: a resend then changes nothing.
async function waitUntilSent(otpId) {
    for (let i = 0; i < 100; i++, await sleep(100)) {
        const { deliveries } = (await call('GET', `/otp/${otpId}`)).body
        if (!['QUEUED', 'SENDING'].includes(deliveries.at(-1).status)) return
    }
    stop('the message was not sent')
}

// The button "call me": the next step of the plan starts now.
async function callInstead(otpId) {
    const answer = await call('POST', `/otp/${otpId}/next`)
    return answer.status === 202 ? answer.body : stop(answer)
}

// Null for the right PIN, and the attempts that remain after a wrong one.
async function verify(otpId, pin) {
    const answer = await call('POST', `/otp/${otpId}`, { pin })
    if (answer.status === 200) return null
    return answer.body.error.code === WRONG_PIN ? answer.body.error.attemptsRemaining : stop(answer)
}

// Standard Webhooks: HMAC-SHA256 over id, timestamp and the bytes of the body. One right signature of several is enough.
function isGenuine(headers, body) {
    if (Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp'])) > 300) return false
    const mac = createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64'))
        .update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.`).update(body).digest('base64')
    const expected = Buffer.from(`v1,${mac}`)
    return headers['webhook-signature'].split(' ').map(given => Buffer.from(given))
        .some(given => given.length === expected.length && timingSafeEqual(given, expected))
}

const server = createServer(async (request, response) => {
    const parts = []
    for await (const part of request) parts.push(part)
    const body = Buffer.concat(parts)
    const genuine = isGenuine(request.headers, body)
    response.writeHead(genuine ? 204 : 401).end()
    server.emit('callback', { genuine, headers: request.headers, body })
}).listen(0, '127.0.0.1')

function stop(reason) {
    console.error('stopped:', reason.body ?? reason)
    process.exit(1)
}

// What the user reads or hears. Only the sandbox can be asked for it.
async function pinOnThePhone(phone, channel, messages = 1) {
    for (let i = 0; i < 100; i++, await sleep(100)) {
        const mine = (await call('GET', `/sandbox/messages?recipient=${encodeURIComponent(phone)}`)).body.filter(m => m.channel === channel)
        if (mine.length >= messages) return mine[0].pin
    }
    stop(`no message on ${channel}`)
}

await once(server, 'listening')
const callback = once(server, 'callback', { signal: AbortSignal.timeout(90_000) })
const phone = `+33612${String(randomInt(1e6)).padStart(6, '0')}`

const { otpId } = await requestOtp(phone, `http://127.0.0.1:${server.address().port}/callbacks`)
console.log(`requested: ${otpId}`)
await waitUntilSent(otpId)
console.log(`sent again: ${(await resend(otpId)).resendsLeft} resends left`)
await pinOnThePhone(phone, 'sms', 2)
console.log(`calling instead: step ${(await callInstead(otpId)).deliveries.at(-1).step}`)
const pin = await pinOnThePhone(phone, 'call')
console.log(`wrong PIN: ${await verify(otpId, (pin[0] === '0' ? '1' : '0') + pin.slice(1))} attempts remain`)
if (await verify(otpId, pin) !== null) stop('the right PIN was refused')
console.log('right PIN: the user is signed up')
const [{ genuine, headers, body }] = await callback
if (!genuine) stop("the callback's signature is wrong")
if (isGenuine(headers, Buffer.concat([body, Buffer.from(' ')]))) stop('a changed callback was believed')
console.log(`callback: ${JSON.parse(body).data[0].status}, its signature is right`)
server.close()
