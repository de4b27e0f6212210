// node telegram.cjs PORT: the emulator of Telegram's Bot API, until this process is ended.
'use strict'

const TelegramServer = require('telegram-test-api')

new TelegramServer({ port: Number(process.argv[2]), host: '127.0.0.1' }).start()
