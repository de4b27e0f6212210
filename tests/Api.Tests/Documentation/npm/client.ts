// node client.js URL KEY request NUMBER | verify ID PIN: a caller whose types come from /openapi/v1.json.
import createClient from 'openapi-fetch'
import type { components, paths, webhooks } from './schema'

declare const process: { argv: string[] }

type Schemas = components['schemas']
type OneOf<T extends string> = string extends T ? never : T
type NumberOnly<T> = [T] extends [number] ? T : never

// These lines compile only where the document has enums, numbers without texts, and the body of a callback.
export const status = (otp: Schemas['OtpAnswer']): OneOf<typeof otp.status> => otp.status
export const life = (otp: Schemas['OtpAnswer']): NumberOnly<typeof otp.ttl> => otp.ttl
export const changed = (body: webhooks['otpUpdate']['post']['requestBody']['content']['application/json']): string =>
  `${body.event} ${body.data[0]!.status} ${body.data[0]!.previous ?? 0}`

const [, , baseUrl, key, verb, ...rest] = process.argv as [string, string, string, string, string, string, string]
const client = createClient<paths>({ baseUrl, headers: { 'X-API-KEY': key } })
const refused = (answer: Schemas['ErrorAnswer'] | undefined): string => `${answer?.error.code} ${answer?.error.type}`

async function request(phoneNumber: string): Promise<string> {
  const { data, error } = await client.POST('/otp', { body: { phoneNumber, channel: 'sms', pinType: 'numbers', ttl: 180 } })
  return data ? `${status(data)} ${life(data)} ${data.otpId}` : refused(error)
}

async function verify(otpId: string, pin: string): Promise<string> {
  const { data, error } = await client.POST('/otp/{otpId}', { params: { path: { otpId } }, body: { pin } })
  return data ? data.status : refused(error)
}

console.log(verb === 'request' ? await request(rest[0]) : await verify(rest[0], rest[1]))
