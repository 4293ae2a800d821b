"""SignalWire's Python SDK, unchanged, against `relay-script sim`.

The environment names the simulator as `relay-script sim` prints it.
"""

import asyncio
import io
import json
import os
import ssl
import sys
import urllib.request
import wave

from signalwire.relay import RelayClient

API = "https://" + os.environ["SIGNALWIRE_SPACE"]
TLS = ssl.create_default_context(cafile=os.environ["SIGNALWIRE_RELAY_CA_FILE"])
CARD = {"number": "4242424242424242", "expiry": "1230", "cvv": "123", "zip": "90210"}
TRANSFER = [[{"type": "phone", "params": {"from_number": "+15552220000", "to_number": "+15553330000"}}]]
MENU = [{"type": "tts", "params": {"text": "For sales press 1."}}]


def request(path, body=None):
    """One request to the simulator's API."""
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(API + path, data=data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=10, context=TLS) as response:
        return json.loads(response.read())


async def api(path, body=None):
    return await asyncio.to_thread(request, path, body)


async def over(call_id):
    """The call, when it has ended."""
    for _ in range(600):
        call = await api(f"/calls/{call_id}")
        if call["state"] == "ended":
            return call
        await asyncio.sleep(0.05)
    raise AssertionError(f"call {call_id} did not end: {call}")


async def dial_in(script, **rest):
    to = list(HANDLERS)[list(HANDLERS.values()).index(script)]
    call = await api("/calls", {"from": "+15551110000", "to": to, "context": "default", **rest})
    return await over(call["call_id"])


def last(call):
    """What the script said last."""
    said = [line["text"] for line in call["transcript"] if line["who"] == "script"]
    return said[-1] if said else None


def check(what, holds, shown=""):
    if not holds:
        raise AssertionError(f"{what}: {shown}")
    print(f"ok  python  {what}")


async def pay(call):
    await call.answer()
    await call.play([{"type": "tts", "params": {"text": "We will now collect your payment."}}])
    action = await call.pay(
        payment_connector_url="https://example.com/payment-connector",
        charge_amount="29.99",
        currency="USD",
        security_code="true",
        postal_code="true",
    )
    event = await action.wait(60)
    state = event.params.get("state")
    text = "Payment processed successfully." if state == "finished" else "Payment failed."
    action = await call.play([{"type": "tts", "params": {"text": text}}])
    await action.wait(30)
    await call.hangup()


async def ivr(call):
    await call.answer()
    action = await call.play_and_collect(MENU, {"digits": {"max": 1}, "initial_timeout": 5})
    event = await action.wait(60)
    digits = event.params["result"]["params"]["digits"]
    connected = asyncio.get_running_loop().create_future()

    def on_connect(event):
        if event.params["connect_state"] == "connected" and not connected.done():
            connected.set_result(event.params["peer"])

    call.on("calling.call.connect", on_connect)
    await call.connect(TRANSFER)
    peer = await asyncio.wait_for(connected, 30)
    to = peer["device"]["params"]["to_number"]
    await call.disconnect()
    action = await call.play([{"type": "tts", "params": {"text": f"You pressed {digits} and talked to {to}."}}])
    await action.wait(30)
    await call.hangup()


async def record(call):
    await call.answer()
    action = await call.record({"beep": True, "format": "wav", "end_silence_timeout": 2, "terminators": "#"})
    event = await action.wait(60)
    RECORDED.update(event.params)
    await call.hangup()


RECORDED = {}
# The SDK puts its session's name where the context would be, so calls are told apart by their number.
HANDLERS = {"+15552220001": pay, "+15552220002": ivr, "+15552220003": record}


async def main():
    client = RelayClient(contexts=["default"])
    received = asyncio.get_running_loop().create_future()

    @client.on_call
    async def on_call(call):
        await HANDLERS[call.device["params"]["to_number"]](call)

    @client.on_message
    async def on_message(message):
        received.set_result(message)

    async with client:
        paid = await dial_in(pay, card=CARD)
        check("a payment is processed", last(paid) == "Payment processed successfully.", paid)
        check("its card number stays hidden", CARD["number"] not in json.dumps(paid), "it is in the call")

        declined = await dial_in(pay, card={**CARD, "number": "4000000000000002"})
        check("a payment is declined", last(declined) == "Payment failed.", declined)

        menu = await dial_in(ivr, actions=[{"hears": "for sales"}, {"press": "1"}])
        check("a menu collects and connects", last(menu) == "You pressed 1 and talked to +15553330000.", menu)
        check("a call that is hung up says so", menu["end_reason"] == "hangup", menu["end_reason"])

        await dial_in(record, actions=[{"wait": 1}, {"say": "Please call me back."}, {"press": "#"}])
        with urllib.request.urlopen(RECORDED["url"], timeout=10, context=TLS) as response:
            audio = wave.open(io.BytesIO(response.read()))
        seconds = audio.getnframes() / audio.getframerate()
        check("a recording is a WAV file of its length", abs(seconds - RECORDED["duration"]) < 0.1, RECORDED)

        call = await client.dial(TRANSFER, dial_timeout=30)
        check("a dialled party answers", call.state == "answered", call.state)
        action = await call.play([{"type": "tts", "params": {"text": "Hello."}}])
        await action.wait(30)
        await call.hangup()
        dialled = await over(call.call_id)
        check("it hears what is played", last(dialled) == "Hello.", dialled)

        message = await client.send_message(
            to_number="+15553330000", from_number="+15552220000", context="default", body="Thank you."
        )
        event = await message.wait(30)
        check("a message is delivered", message.state == "delivered", event.params)
        await api("/messages", {"from": "+15553330000", "to": "+15552220000", "context": "default", "body": "Hi"})
        inbound = await asyncio.wait_for(received, 10)
        check("a message arrives", (inbound.body, inbound.from_number) == ("Hi", "+15553330000"), inbound.body)


asyncio.run(asyncio.wait_for(main(), 120))
sys.exit(0)
