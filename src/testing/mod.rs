//! Scripts without a network: a shard and the simulator's peer, joined in memory.
//!
//! It opens no sockets, and the time is whatever it is told.

mod journal;
mod loopback;
mod realtime;
mod simulation;

pub use journal::{Entry, Happened, Journal};
pub use loopback::{Crossed, CutAt, Loopback};
pub use realtime::Pace;
pub use simulation::{Simulation, Stage};
