//! The words of `sim`.
//!
//! It reads them and does nothing about them.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use clap::builder::RangedU64ValueParser;

use crate::cli::args::parse_speed;
use crate::config::Secret;

/// `sim`.
#[derive(Debug, Args)]
pub struct SimArgs {
    /// Listen here for ws:// and http:// [default: 127.0.0.1:4455, or a free port]
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = parse_address)]
    pub listen: Option<SocketAddr>,
    /// Listen here for wss:// and https://
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = parse_address)]
    pub listen_tls: Option<SocketAddr>,
    /// Write the certificate that clients must trust here [default: relay-script-sim-ca.pem in the temporary folder]
    #[arg(long, value_name = "FILE", requires = "listen_tls")]
    pub ca_file: Option<PathBuf>,
    /// Take only clients of this project
    #[arg(long, value_name = "ID")]
    pub project: Option<String>,
    /// Take only clients with this token; SIGNALWIRE_API_TOKEN beside --project is safer
    #[arg(long, value_name = "TOKEN")]
    pub token: Option<Secret>,
    /// Write the frames of all clients here, redacted, as JSON, one a line
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Let time pass FACTOR times as fast
    #[arg(long, value_name = "FACTOR", value_parser = parse_speed, default_value = "1")]
    pub speed: f64,
    /// Let calls reach payment connectors, status URLs and audio files on other machines
    #[arg(long)]
    pub allow_remote: bool,
    /// Let other machines connect, if an address to listen on is not of this machine alone
    #[arg(long)]
    pub allow_remote_clients: bool,
    /// Print what happens as JSON, one object a line
    #[arg(long)]
    pub json: bool,
    /// A load.
    #[command(flatten)]
    pub load: LoadArgs,
}

/// Calls that `sim` places by itself.
#[derive(Debug, Args)]
#[command(next_help_heading = "Load")]
pub struct LoadArgs {
    /// Place N calls to the first client, print a report, and end
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<u64>::new().range(1..))]
    pub calls: Option<u64>,
    /// Keep at most M calls live at once
    #[arg(long, value_name = "M", requires = "calls", default_value = "10",
        value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000))]
    pub live: usize,
    /// Place calls like this one: a file with the JSON that POST /calls takes
    #[arg(long, value_name = "FILE", requires = "calls")]
    pub scenario: Option<PathBuf>,
}

/// `127.0.0.1:4455`, `[::1]:4455`, `localhost:4455`.
fn parse_address(text: &str) -> Result<SocketAddr, &'static str> {
    let numeric = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    let address = numeric.as_deref().unwrap_or(text).parse();
    address.map_err(|_| "expected an address and a port, like 127.0.0.1:4455")
}
