//! Scripts without a network: a shard and the simulator's peer, joined in memory.
//!
//! It opens no sockets, and the time is whatever it is told.

mod loopback;

pub use loopback::{Crossed, CutAt, Loopback};
