"""A producer that has nothing of ours: python3-pika, plain bodies, answers by reply_to, events.

    client.py AMQP_URL APPLICATION_ID PHONE_NUMBER

Prints one JSON line a step; reads the PIN of the second step from its standard input.
"""
import json
import sys
import uuid

import pika

url, application, phone = sys.argv[1:4]
parameters = pika.URLParameters(url)
user = parameters.credentials.username
connection = pika.BlockingConnection(parameters)
channel = connection.channel()

answers = {}
events = []
replies = channel.queue_declare("", exclusive=True).method.queue
subscription = channel.queue_declare("", exclusive=True).method.queue
for exchange in ("otp-status-changed", "otp-delivery-changed"):
    channel.queue_bind(subscription, exchange, routing_key=application)


def answered(_channel, _method, properties, body):
    answers[properties.correlation_id] = {"type": properties.type, "body": json.loads(body)}


def happened(_channel, method, _properties, body):
    events.append({"exchange": method.exchange, "body": json.loads(body)})


channel.basic_consume(replies, answered, auto_ack=True)
channel.basic_consume(subscription, happened, auto_ack=True)


def call(queue, **fields):
    correlation = f"call {uuid.uuid4()}"
    channel.basic_publish(
        queue, "", json.dumps({"applicationId": application, **fields}),
        pika.BasicProperties(message_id=str(uuid.uuid4()), correlation_id=correlation, reply_to=replies, user_id=user))
    for _ in range(300):
        connection.process_data_events(time_limit=0.1)
        if correlation in answers:
            return answers[correlation]
    raise TimeoutError(queue)


def step(name, value):
    print(json.dumps({"step": name, **value}), flush=True)


accepted = call("request-otp", phoneNumber=phone, ttl="180", maxAttempts="3", pinLength=6)
step("requested", accepted)
otp = accepted["body"]["otpId"]
pin = sys.stdin.readline().strip()
step("guessed", call("verify-otp", otpId=otp, pin="WRONG"))
step("verified", call("verify-otp", otpId=otp, pin=int(pin)))
step("cancelled", call("cancel-otp", otpId=otp))

# The key is in the body, and nobody waits for an answer.
channel.basic_publish(
    "request-otp", "", json.dumps({"applicationId": application, "idempotencyKey": str(uuid.uuid4()), "phoneNumber": phone}),
    pika.BasicProperties(user_id=user))

for _ in range(300):
    connection.process_data_events(time_limit=0.1)
    mine = [e for e in events if e["body"]["otpId"] == otp]
    if {e["body"]["status"] for e in mine} >= {"SENT", "VERIFIED"}:
        break
step("events", {"type": "events", "body": mine})
connection.close()
