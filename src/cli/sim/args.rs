//! The words of `sim`.
//!
//! It reads them and does nothing about them.

use std::net::SocketAddr;

use clap::Args;

use crate::cli::args::parse_speed;
use crate::config::Secret;

/// `sim`.
#[derive(Debug, Args)]
pub struct SimArgs {
    /// Listen here for ws:// and http:// [default: 127.0.0.1:4455, or a free port]
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = parse_address)]
    pub listen: Option<SocketAddr>,
    /// Take only clients of this project
    #[arg(long, value_name = "ID")]
    pub project: Option<String>,
    /// Take only clients with this token
    #[arg(long, value_name = "TOKEN")]
    pub token: Option<Secret>,
    /// Let time pass FACTOR times as fast
    #[arg(long, value_name = "FACTOR", value_parser = parse_speed, default_value = "1")]
    pub speed: f64,
    /// Let calls reach payment connectors and status URLs on other machines
    #[arg(long)]
    pub allow_remote: bool,
}

/// `127.0.0.1:4455`, `[::1]:4455`, `localhost:4455`.
fn parse_address(text: &str) -> Result<SocketAddr, &'static str> {
    let numeric = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    let address = numeric.as_deref().unwrap_or(text).parse();
    address.map_err(|_| "expected an address and a port, like 127.0.0.1:4455")
}
