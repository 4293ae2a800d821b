//! Settings given as flags, and their way into `config`.
//!
//! Their values stay text here: `config` checks them, so that a bad one is reported alike wherever
//! it came from.

use clap::Args;

use crate::config::{Flags, Secret};

/// How RELAY is reached and how much is taken on. Each is a setting; see [`crate::config`].
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Settings")]
#[allow(missing_docs)]
pub struct RelayArgs {
    /// Use this project (SIGNALWIRE_PROJECT_ID)
    #[arg(long, value_name = "ID")]
    pub project: Option<String>,
    /// Use this API token; SIGNALWIRE_API_TOKEN is safer: others can see a command line
    #[arg(long, value_name = "TOKEN")]
    pub token: Option<Secret>,
    /// Use this JSON web token; SIGNALWIRE_JWT_TOKEN is safer
    #[arg(long, value_name = "TOKEN")]
    pub jwt: Option<Secret>,
    /// Connect to this space (SIGNALWIRE_SPACE)
    #[arg(long, value_name = "NAME", conflicts_with = "host")]
    pub space: Option<String>,
    /// Connect to this host; a port and a path may follow (SIGNALWIRE_RELAY_HOST)
    #[arg(long)]
    pub host: Option<String>,
    /// Connect by wss or ws (SIGNALWIRE_RELAY_SCHEME)
    #[arg(long)]
    pub scheme: Option<String>,
    /// Trust the roots of this PEM file too (SIGNALWIRE_RELAY_CA_FILE)
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<String>,
    /// Take the calls of this context; repeat for more (SIGNALWIRE_CONTEXTS)
    #[arg(long = "context", value_name = "NAME")]
    pub contexts: Vec<String>,
    /// Take at most N calls at once (RELAY_MAX_ACTIVE_CALLS)
    #[arg(long, value_name = "N")]
    pub max_calls: Option<String>,
    /// Allow ws:// to other machines
    #[arg(long)]
    pub insecure: bool,
    /// Run N sessions, each on a thread of its own
    #[arg(long, value_name = "N")]
    pub shards: Option<String>,
    /// Give live calls this long to end [default: 60]
    #[arg(long, value_name = "SECONDS")]
    pub drain_timeout: Option<String>,
    /// End a script after N operations without a wait [default: 10000000]
    #[arg(long, value_name = "N")]
    pub max_operations: Option<String>,
}

impl RelayArgs {
    /// Adds what was given.
    pub(super) fn add_to(&self, flags: &mut Flags) {
        let texts = [
            ("--project", &self.project),
            ("--space", &self.space),
            ("--host", &self.host),
            ("--scheme", &self.scheme),
            ("--ca-file", &self.ca_file),
            ("--max-calls", &self.max_calls),
            ("--shards", &self.shards),
            ("--drain-timeout", &self.drain_timeout),
            ("--max-operations", &self.max_operations),
        ];
        for (name, value) in texts {
            if let Some(value) = value {
                flags.push(name, value.as_str());
            }
        }
        for (name, secret) in [("--token", &self.token), ("--jwt", &self.jwt)] {
            if let Some(secret) = secret {
                flags.push(name, secret.clone());
            }
        }
        for context in &self.contexts {
            flags.push("--context", context.as_str());
        }
        if self.insecure {
            flags.push("--insecure", "true");
        }
    }
}
