"""A sign-up: request a PIN, send it again, call instead, verify, take the callback. Python 3.11, standard library only.

OTP_URL, OTP_API_KEY and OTP_WEBHOOK_SECRET come from .local/demo.env. The sandbox plays the user's phone.
"""
import base64, hashlib, hmac, http.server, json, os, queue, random, threading, time, urllib.error, urllib.parse, urllib.request, uuid

URL, KEY, SECRET = (os.environ[name] for name in ("OTP_URL", "OTP_API_KEY", "OTP_WEBHOOK_SECRET"))
RESEND_TOO_SOON, WRONG_PIN = 2131, 2029


def call(method, path, body=None, headers={}):
    """The status, the body and the seconds of Retry-After."""
    request = urllib.request.Request(URL + path, method=method, data=body and json.dumps(body).encode(),
                                     headers={"X-API-KEY": KEY, "Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer), 0
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused), int(refused.headers.get("Retry-After", 0))


def request_otp(phone, callback_url):
    """An SMS first; a call after two minutes, if nobody has verified by then. The key makes a repetition safe."""
    status, otp, _ = call("POST", "/otp", {"phoneNumber": phone, "channels": ["sms", {"channel": "call", "waitSeconds": 120}],
                                           "maxAttempts": 3, "otpCallbackUrl": callback_url}, {"Idempotency-Key": str(uuid.uuid4())})
    return otp if status == 201 else stop(otp)


def resend(otp_id):
    """The button "send again": a real page shows a countdown instead of sleeping."""
    while True:
        status, answer, seconds = call("POST", f"/otp/{otp_id}/resend")
        if status == 202:
            return answer
        if answer["error"]["code"] != RESEND_TOO_SOON:
            stop(answer)
        print(f"too soon to send again: {seconds} s")
        time.sleep(seconds)


def wait_until_sent(otp_id):
    """A message that is still being sent is not sent again: a resend then changes nothing."""
    for _ in range(100):
        if call("GET", f"/otp/{otp_id}")[1]["deliveries"][-1]["status"] not in ("QUEUED", "SENDING"):
            return
        time.sleep(0.1)
    stop("the message was not sent")


def call_instead(otp_id):
    """The button "call me": the next step of the plan starts now."""
    status, otp, _ = call("POST", f"/otp/{otp_id}/next")
    return otp if status == 202 else stop(otp)


def verify(otp_id, pin):
    """None for the right PIN, and the attempts that remain after a wrong one."""
    status, answer, _ = call("POST", f"/otp/{otp_id}", {"pin": pin})
    if status == 200:
        return None
    return answer["error"]["attemptsRemaining"] if answer["error"]["code"] == WRONG_PIN else stop(answer)


def is_genuine(headers, body):
    """Standard Webhooks: HMAC-SHA256 over id, timestamp and the bytes of the body. One right signature of several is enough."""
    if abs(time.time() - int(headers["webhook-timestamp"])) > 300:
        return False
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(base64.b64decode(SECRET.removeprefix("whsec_")), text, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(mac).decode()
    return any(hmac.compare_digest(expected, given) for given in headers["webhook-signature"].split())


class Callbacks(http.server.BaseHTTPRequestHandler):
    arrived = queue.Queue()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        genuine = is_genuine(self.headers, body)
        self.send_response(204 if genuine else 401)
        self.end_headers()
        self.arrived.put((genuine, self.headers, body))

    def log_message(self, *_):
        """No line for each request."""


def stop(reason):
    raise SystemExit(f"stopped: {reason}")


def pin_on_the_phone(phone, channel, messages=1):
    """What the user reads or hears. Only the sandbox can be asked for it."""
    for _ in range(100):
        _, all_messages, _ = call("GET", "/sandbox/messages?recipient=" + urllib.parse.quote(phone, safe=""))
        mine = [m for m in all_messages if m["channel"] == channel]
        if len(mine) >= messages:
            return mine[0]["pin"]
        time.sleep(0.1)
    stop(f"no message on {channel}")


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Callbacks)
threading.Thread(target=server.serve_forever, daemon=True).start()
phone = f"+33612{random.randrange(10**6):06}"

otp = request_otp(phone, f"http://127.0.0.1:{server.server_port}/callbacks")
otp_id = otp["otpId"]
print(f"requested: {otp_id}")
wait_until_sent(otp_id)
print(f"sent again: {resend(otp_id)['resendsLeft']} resends left")
pin_on_the_phone(phone, "sms", messages=2)
print(f"calling instead: step {call_instead(otp_id)['deliveries'][-1]['step']}")
pin = pin_on_the_phone(phone, "call")
print(f"wrong PIN: {verify(otp_id, ('1' if pin[0] == '0' else '0') + pin[1:])} attempts remain")
if verify(otp_id, pin) is not None:
    stop("the right PIN was refused")
print("right PIN: the user is signed up")
genuine, headers, body = Callbacks.arrived.get(timeout=20)
if not genuine:
    stop("the callback's signature is wrong")
if is_genuine(headers, body + b" "):
    stop("a changed callback was believed")
print(f"callback: {json.loads(body)['data'][0]['status']}, its signature is right")
