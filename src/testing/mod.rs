//! Scripts without a network: a shard and the simulator's peer, joined in memory.
//!
//! It opens no sockets, and the time is whatever it is told.

mod loopback;
mod simulation;

pub use loopback::Loopback;
pub use simulation::{BrokenScript, Simulated, Simulation};
