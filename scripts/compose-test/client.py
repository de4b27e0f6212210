"""Takes OTPs through a deployment whose sandbox is on. Environment: OTP_URL, OTP_API_KEY.

    client.py channels CALLBACK_URL       every channel: requested, read, guessed wrong, verified, called back
    client.py parallel OTPS GUESSES       so many right PINs at once for each OTP: one of them verifies
    client.py during WHAT -- COMMAND...   OTPs all the time while the command runs: each that was accepted arrives and verifies
"""
import concurrent.futures
import itertools
import json
import os
import random
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

URL, KEY = os.environ["OTP_URL"], os.environ["OTP_API_KEY"]
PATIENCE = 120
numbers = itertools.count(random.randrange(100_000, 800_000))


def call(method, path, body=None, key=None):
    headers = {"X-API-KEY": KEY, "Content-Type": "application/json"}
    if key:
        headers["Idempotency-Key"] = key
    request = urllib.request.Request(URL + path, json.dumps(body).encode() if body is not None else None, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read() or b"null")
    except (urllib.error.URLError, OSError):
        return 0, None


def until(what, find):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = find()
        if found:
            return found
        time.sleep(0.2)
    sys.exit(f"    waited {PATIENCE} s in vain until {what}")


def recipient_of(channel):
    number = next(numbers)
    if channel == "email":
        return {"email": f"someone{number}@mail.example"}
    if channel == "telegram":
        return {"chatId": f"77{number}"}
    return {"phoneNumber": f"+33612{number:06}"}


def request(channel="sms", **more):
    recipient = recipient_of(channel)
    status, otp = call("POST", "/otp", {"channel": channel, "ttl": 900, **recipient, **more})
    return status, otp, next(iter(recipient.values()))


def pin_of(recipient):
    def read():
        status, messages = call("GET", "/sandbox/messages?recipient=" + urllib.parse.quote(recipient, safe=""))
        return messages[0]["pin"] if status == 200 and messages else None

    return until(f"a message arrives at {recipient}", read)


def verify(otp, pin):
    """The status of the first answer that is one of the pipeline's judgements."""
    status, answer = call("POST", f"/otp/{otp}", {"pin": pin})
    return status, (answer or {}).get("status") or (answer or {}).get("error", {}).get("code")


def channels(callback):
    for channel in ("sms", "email", "telegram", "call", "whatsapp", "ussd"):
        status, otp, recipient = request(channel, otpCallbackUrl=callback)
        assert status == 201, (channel, status, otp)
        pin = pin_of(recipient)
        assert verify(otp["otpId"], "0" * len(pin))[1] == 2029
        assert verify(otp["otpId"], pin) == (200, "VERIFIED")
        assert verify(otp["otpId"], pin)[1] == 2023
        until("the callback arrives", lambda: call("GET", f"/sandbox/callbacks?otpId={otp['otpId']}")[1])
    print("    6 channels: requested, delivered, guessed wrong, verified once, called back")


def parallel(otps, guesses):
    with concurrent.futures.ThreadPoolExecutor(guesses) as pool:
        for _ in range(otps):
            status, otp, recipient = request()
            assert status == 201, (status, otp)
            pin = pin_of(recipient)
            answers = list(pool.map(lambda _: verify(otp["otpId"], pin), range(guesses)))
            assert answers.count((200, "VERIFIED")) == 1, answers
            assert all(answer[1] in ("VERIFIED", 2023) for answer in answers), answers
    print(f"    {otps} OTPs with {guesses} right PINs at once: each verified once")


def during(what, command):
    accepted, others, over = [], {}, threading.Event()
    lock = threading.Lock()

    def load():
        while not over.is_set():
            status, otp, recipient = request()
            with lock:
                if status == 201:
                    accepted.append((otp["otpId"], recipient))
                else:
                    others[status] = others.get(status, 0) + 1
            over.wait(0.05)

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    until("OTPs are accepted", lambda: len(accepted) > 20)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    before = len(accepted)
    until("OTPs are accepted again", lambda: len(accepted) > before + 20)
    over.set()
    for thread in threads:
        thread.join()
    unexpected = set(others) - {0, 500, 502, 503, 504}
    assert not unexpected, others
    verified = sum(
        until(f"{otp} is verified", lambda: verify(otp, pin_of(recipient))[1]) == "VERIFIED" for otp, recipient in accepted)
    assert verified == len(accepted), (verified, len(accepted))
    refused = ", ".join(f"{count} answered {status or 'not at all'}" for status, count in sorted(others.items())) or "none refused"
    print(f"    {what}: {len(accepted)} accepted, all delivered and verified; {refused}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["channels", callback]:
            channels(callback)
        case ["parallel", otps, guesses]:
            parallel(int(otps), int(guesses))
        case ["during", what, "--", *command]:
            during(what, command)
        case _:
            sys.exit(__doc__)
