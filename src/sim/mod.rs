//! The other end of the line: a RELAY server with simulated calls and virtual callers.
//!
//! | file | what it is for |
//! |---|---|
//! | `peer` | the server: frames in and out, the passing of time |
//! | `link` | its sockets: opened, pinged, told to disconnect, closed |
//! | `rpc` | one request: who may ask, which method, reply before events |
//! | `directory` | sessions, contexts, which session gets a call or a message |
//! | `control` | what the virtual party and a test do: dial in, press, hang up, ask |
//! | `session` | one RELAY session and its unacknowledged events |
//! | `line`, `verbs` | one simulated call and the methods it answers |
//! | `reaching`, `far`, `devices` | other parties: dialled, connected, referred to |
//! | `numbers` | the test numbers |
//! | `gathering`, `meeting` | conferences, rooms and queues, where calls meet |
//! | `rules` | what each method's parameters must be |
//! | `action` and one file a family | what is started under a `control_id` |
//! | `pay` | card payments, and the built-in payment connector |
//! | `media`, `track` | what can be played, and the place in a list of it |
//! | `discretion` | what is seen of keys and words around a payment |
//! | `words` | speech as a recognizer hears it |
//! | `caller` | what the virtual party does by itself |
//! | `card` | the card that the virtual party pays with |
//! | `outside` | HTTP requests that calls want made |
//! | `recordings`, `sound` | recordings that can be fetched, and how they sound |
//! | `observe` | what happened, for a timeline, with secrets masked |
//! | [`server`] | all of it behind sockets: RELAY clients, a page, an API |
//!
//! It never opens a socket (but for `server`), reads a clock, runs a script, or uses the client's code: time is
//! passed in, and the same input gives the same frames.

mod action;
mod agent;
mod bindings;
mod caller;
mod card;
mod collecting;
mod control;
mod detecting;
mod devices;
mod directory;
mod discretion;
mod effects;
mod far;
mod faults;
mod faxing;
mod frames;
mod gathering;
mod ids;
mod line;
mod link;
mod live;
mod media;
mod meeting;
mod message;
mod numbers;
mod observe;
mod outside;
mod params;
mod pay;
pub mod peer;
mod playing;
mod reaching;
mod recording;
mod recordings;
mod ringback;
mod rpc;
mod rules;
mod schedule;
pub mod server;
mod session;
mod sound;
mod steady;
mod timing;
mod track;
mod verbs;
mod words;

#[cfg(test)]
mod action_tests;
#[cfg(test)]
mod agent_tests;
#[cfg(test)]
mod call_tests;
#[cfg(test)]
mod collecting_tests;
#[cfg(test)]
mod detecting_tests;
#[cfg(test)]
mod gathering_tests;
#[cfg(test)]
mod parties_tests;
#[cfg(test)]
mod playing_tests;
#[cfg(test)]
mod recording_tests;
#[cfg(test)]
mod rules_tests;
#[cfg(test)]
mod session_tests;
#[cfg(test)]
mod test_bench;

pub use caller::{AnsweredBy, CallPlan, PlanAction};
pub use card::{Card, CardError, CardParts, Entry};
pub use control::InboundCall;
pub use far::FarEnd;
pub use line::By;
pub use link::LinkId;
pub use message::InboundMessage;
pub use numbers::{TEST_NUMBERS, TestNumber};
pub use observe::{How, Observation, What, masked_value};
pub(crate) use outside::is_meant;
pub use outside::{Answer, Ask, AskId, Asked, Outside};
pub use pay::{CardOutcome, PayOutcome, TEST_CARDS, TestCard};
pub use peer::{Peer, PeerOptions};
