"""A mail server for tests, on aiosmtpd: prints its port, then one line of JSON for each message and each connection.

mail_server.py SECURITY [CERTIFICATE KEY] [--auth] [--no-plain] [--no-login] [--no-8bit] [--timeout=SECONDS]
SECURITY is none, starttls or tls; --timeout is how long the server keeps a silent connection.
It offers PIPELINING, CHUNKING and BINARYMIME.
The local part of a recipient tells what becomes of it: full (452), unknown (550), later (450 4.7.1),
lost-data (the connection ends at DATA), lost-content (it ends within the content), lost-dot (it ends between the content and the dot),
lost-answer (it ends after the dot, without an answer), refused (554 after the dot), slow (no answer after the dot),
named (an id in the answer), quoted1 (itself in the answer).
"""

import asyncio
import base64
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, AuthResult

USER, PASSWORD = b"otp", b"s3cr3t \xc3\xbc"


def say(**what):
    print(json.dumps(what), flush=True)


class Server(SMTP):
    def connection_made(self, transport):
        super().connection_made(transport)
        if not getattr(self, "_counted", False):
            self._counted = True
            say(connection=True)

    async def smtp_DATA(self, arg):
        if any(r.startswith("lost-data") for r in self.envelope.rcpt_tos):
            self.transport.abort()
            return None
        if any(r.startswith(("lost-content", "lost-dot")) for r in self.envelope.rcpt_tos):
            await self.push("354 go on")
            line = b""
            while line != b"the last line\r\n":
                line = await self._reader.readline()
                if self.envelope.rcpt_tos[0].startswith("lost-content"):
                    break
            self.transport.abort()
            return None
        return await super().smtp_DATA(arg)


class Handler:
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return responses[:-1] + ["250-PIPELINING", "250-CHUNKING", "250-BINARYMIME"] + responses[-1:]

    async def handle_RCPT(self, server, session, envelope, address, options):
        say(recipient=address)
        local = address.split("@")[0]
        answers = {
            "full": "452 4.2.2 The mailbox is full",
            "unknown": "550 5.1.1 No such user",
            "later": "450 4.7.1 Greylisted",
            "policy": "550 5.7.1 Not from you",
            "storage": "452 Insufficient storage",
            "multiline": "550-5.1.1 No such\r\n550 5.1.1 user",
        }
        if local in answers:
            return answers[local]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        local = envelope.rcpt_tos[0].split("@")[0]
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        say(
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            options=envelope.mail_options,
            content=base64.b64encode(envelope.original_content).decode(),
            tls=server.transport.get_extra_info("ssl_object") is not None,
            user=getattr(session, "user", None),
            hello=session.host_name,
            subject=message["subject"],
            author=message["from"],
        )
        if local == "lost-answer":
            server.transport.abort()
            await asyncio.sleep(3600)
        if local == "refused":
            return "554 5.6.0 Not like that"
        if local == "slow":
            await asyncio.sleep(3600)
        if local == "named":
            return "250 2.0.0 Ok: queued as 4YzT2h1Wvc"
        if local == "quoted1":
            return f"250 2.0.0 Ok: queued as <{envelope.rcpt_tos[0]}>"
        return "250 2.0.0 queued"


def check(server, session, envelope, mechanism, credentials):
    right = (credentials.login, credentials.password) == (USER, PASSWORD)
    if right:
        session.user = mechanism
    return AuthResult(success=right, handled=right or None)


def main():
    words = [w for w in sys.argv[1:] if not w.startswith("--")]
    flags = {w for w in sys.argv[1:] if w.startswith("--")}
    context = None
    if words[0] != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(words[1], words[2])
    excluded = [m for m in ("PLAIN", "LOGIN") if "--no-" + m.lower() in flags]

    class Controller(UnthreadedController):
        def factory(self):
            server = Server(
                self.handler,
                data_size_limit=1 << 20,
                enable_SMTPUTF8="--no-8bit" not in flags,
                decode_data="--no-8bit" in flags,
                require_starttls=words[0] == "starttls",
                tls_context=context if words[0] == "starttls" else None,
                authenticator=check,
                auth_required="--auth" in flags,
                auth_require_tls=words[0] == "starttls",
                auth_exclude_mechanism=excluded,
                timeout=float(next((f.split("=")[1] for f in flags if f.startswith("--timeout=")), "60")),
            )
            return server

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    controller = Controller(Handler(), hostname="127.0.0.1", port=0, loop=loop, ssl_context=context if words[0] == "tls" else None)
    controller.begin()
    say(port=controller.server.sockets[0].getsockname()[1])
    # It ends with whoever started it.
    loop.run_until_complete(loop.run_in_executor(None, sys.stdin.read))


main()
