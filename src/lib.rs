//! `relay-script` runs phone calls that are written as Rhai scripts.
//!
//! One file of Rhai answers a call. The host holds the connection to SignalWire RELAY, runs the
//! file once for every inbound call, and swaps in a new version when the file is saved, without
//! touching the calls in progress.
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
//! | [`sim`] | the other end: a RELAY server without a socket | use the client's code |
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
