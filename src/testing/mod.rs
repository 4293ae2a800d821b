//! Scripts without a network: a shard and the simulator's peer, joined in memory; and tests of scripts.
//!
//! | file | what it is for |
//! |---|---|
//! | `loopback`, `simulation` | a shard and a peer, joined |
//! | `journal` | what happens there |
//! | `rehearsal` | one call, for Rust programs |
//! | `realtime` | the pace of a simulation |
//! | `suite` | test files, their scripts and cases |
//! | `case`, `scene`, `world` | one case: its coroutine, what both sides share, its calls |
//! | `words` | the language of tests |
//! | `doubles`, `snapshots`, `transcript`, `difference` | what cases use |
//! | `failure` | why a case failed |
//! | `faults` | every case again, with each fault at each frame |
//! | `runner`, `threads`, `reports` | many cases, and how they are told |
//! | `save` | calls, written as cases |
//! | `changes` | which test files a change touches |
//!
//! It opens no sockets, and the time is whatever it is told.

pub mod case;
pub mod changes;
pub mod difference;
pub mod doubles;
pub mod failure;
pub mod faults;
mod journal;
mod loopback;
mod realtime;
mod rehearsal;
pub mod reports;
pub mod runner;
pub mod save;
pub mod scene;
mod simulation;
pub mod snapshots;
pub mod suite;
mod threads;
pub mod transcript;
pub mod words;
pub mod world;

pub use journal::{Entry, Happened, Journal};
pub use loopback::{Crossed, CutAt, Loopback};
pub use realtime::Pace;
pub use rehearsal::{BrokenScript, Rehearsal, Rehearsed};
pub use simulation::{Simulation, Stage};
