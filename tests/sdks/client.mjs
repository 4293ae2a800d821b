// SignalWire's Node SDK, unchanged, against `relay-script sim`.
//
// The environment names the simulator as `relay-script sim` prints it; NODE_EXTRA_CA_CERTS is its
// certificate authority.

import assert from "node:assert/strict";
import { SignalWire, Voice } from "@signalwire/realtime-api";

const { SIGNALWIRE_SPACE: host, SIGNALWIRE_PROJECT_ID: project, SIGNALWIRE_API_TOKEN: token } = process.env;
const api = `https://${host}`;
const numbers = { from: "+15552220000", to: "+15553330000" };

async function request(path, body) {
  const headers = { "content-type": "application/json" };
  const options = body ? { method: "POST", headers, body: JSON.stringify(body) } : {};
  const response = await fetch(api + path, { ...options, signal: AbortSignal.timeout(10_000) });
  assert.ok(response.ok, `${path}: ${response.status}`);
  return response.json();
}

async function over(callId) {
  for (let tries = 0; tries < 600; tries += 1) {
    const call = await request(`/calls/${callId}`);
    if (call.state === "ended") return call;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`call ${callId} did not end`);
}

function check(what, holds) {
  assert.ok(holds, what);
  console.log(`ok  node    ${what}`);
}

const spoken = (call) => call.transcript.filter((line) => line.who === "script").map((line) => line.text);

async function menu(call) {
  await call.answer();
  const prompt = await call
    .promptTTS({ text: "For sales press 1.", digits: { max: 1 }, initialTimeout: 5 })
    .onEnded();
  const devices = new Voice.DeviceBuilder().add(Voice.DeviceBuilder.Phone({ ...numbers, timeout: 30 }));
  const peer = await call.connect(devices);
  await call.disconnect();
  await call.playTTS({ text: `You pressed ${prompt.digits} and talked to ${peer.to}.` }).onEnded();
  await call.hangup();
}

async function record(call) {
  await call.answer();
  const recording = await call.recordAudio({ endSilenceTimeout: 2, terminators: "#", format: "wav" }).onEnded();
  await call.playTTS({ text: `Recorded ${recording.state} ${recording.url}` }).onEnded();
  await call.hangup();
}

async function main() {
  const client = await SignalWire({ host, project, token });
  const failed = [];
  const handlers = { menu, record };
  await client.voice.listen({
    topics: Object.keys(handlers),
    onCallReceived: (call) => handlers[call.context](call).catch((error) => failed.push(error)),
  });

  const first = await request("/calls", {
    from: numbers.to, to: numbers.from, context: "menu", actions: [{ hears: "for sales" }, { press: "1" }],
  });
  const answered = await over(first.call_id);
  assert.deepEqual(failed, []);
  check("a menu collects and connects", spoken(answered).at(-1) === "You pressed 1 and talked to +15553330000.");

  const second = await request("/calls", {
    from: numbers.to, to: numbers.from, context: "record",
    actions: [{ wait: 1 }, { say: "Please call me back." }, { press: "#" }],
  });
  const [, state, url] = spoken(await over(second.call_id)).at(-1).split(" ");
  assert.deepEqual(failed, []);
  const audio = Buffer.from(await (await fetch(url)).arrayBuffer());
  check("a recording is a WAV file", state === "finished" && audio.toString("latin1", 0, 4) === "RIFF");

  const dialled = await client.voice.dialPhone({ ...numbers, timeout: 30 });
  await dialled.playTTS({ text: "Hello." }).onEnded();
  await dialled.hangup();
  check("a dialled party hears what is played", spoken(await over(dialled.id)).join() === "Hello.");

  const delivered = new Promise((resolve) => {
    client.messaging.listen({
      topics: ["menu"],
      onMessageUpdated: (message) => message.state === "delivered" && resolve(true),
      onMessageReceived: (message) => resolve(message.body),
    });
  });
  await client.messaging.send({ ...numbers, context: "menu", body: "Thank you." });
  check("a message is delivered", (await delivered) === true);

  await client.disconnect();
}

const limit = setTimeout(() => {
  console.error("the test took longer than two minutes");
  process.exit(1);
}, 120_000);
await main();
clearTimeout(limit);
process.exit(0);
