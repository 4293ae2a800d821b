//! `relay-script` runs phone calls that are written as Rhai scripts.
//!
//! One file of Rhai answers a call. The host holds the connection to SignalWire RELAY, runs the
//! file once for every inbound call, and swaps in a new version when the file is saved, without
//! touching the calls in progress.
//!
//! Most people use the program of the same name. A Rust program can run scripts too, with functions
//! of its own; here one call is simulated, without a network and in no time:
//!
//! ```
//! use relay_script::sim::InboundCall;
//! use relay_script::testing::Rehearsal;
//!
//! let script = r#"call.answer(); call.say(greeting(call.from)); call.hangup();"#;
//! let rehearsal = Rehearsal::of_text(script).with_functions(|module| {
//!     module.set_native_fn("greeting", |from: &str| Ok(format!("Hello, {from}!")));
//! });
//! let call = rehearsal.call(InboundCall { from: "+15551234567".into(), ..InboundCall::default() })?;
//! assert_eq!(call.heard().collect::<Vec<_>>(), ["Hello, +15551234567!"]);
//! # Ok::<(), relay_script::testing::BrokenScript>(())
//! ```
//!
//! For real calls, [`runtime::Setup`] takes the same functions as its `extension`, and
//! [`runtime::drive`] moves a [`runtime::Shard`] over a socket.
//!
//! # The map
//!
//! Data flows one way and back: `socket → relay::link → relay::session → call → action → script`,
//! and `script verb → call → relay::client → link → socket`.
//!
//! | module | what it is for | what it never does |
//! |---|---|---|
//! | [`relay`] | the wire: frames, the session, the connection | know scripts |
//! | [`call`] | the state of a call and of its actions | I/O, clocks |
//! | [`script`] | Rhai: programs, coroutines, verbs, checks | open sockets |
//! | [`runtime`] | inbound call → newest program → coroutine → end | parse frames |
//! | [`watch`] | file events → debounced "changed" | compile |
//! | [`sim`] | the other end: a RELAY server, and behind sockets in [`sim::server`] | use the client's code |
//! | [`testing`] | scripts against the simulator, and tests of scripts, in virtual time | open sockets |
//! | [`cli`] | one subcommand a file | touch sockets itself |
//! | [`config`], [`report`], [`log`], [`redact`], [`shutdown`] | settings, what is printed, masking, signals | keep call state |

pub mod call;
pub mod cli;
pub mod config;
pub mod log;
pub mod redact;
pub mod relay;
pub mod report;
pub mod runtime;
pub mod script;
pub mod shutdown;
pub mod sim;
pub mod testing;
pub mod watch;

/// The engine, for programs that add functions: theirs must be of the same version.
pub use rhai;
/// The type of `decimal` values in scripts.
pub use rust_decimal;
