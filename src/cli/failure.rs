//! Why a command cannot do its work: the message, what to do about it, and the exit code.
//!
//! It prints nothing. What is wrong with a script is no failure of this kind: diagnostics tell it.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use thiserror::Error;

use super::exit::ExitCode;
use super::saving::SaveError;
use super::scripts::ScriptsError;
use crate::config::ConfigError;
use crate::log::LogError;
use crate::relay::connector::ConnectError;
use crate::sim::server::TlsError;
use crate::sim::{CardError, Entry};
use crate::testing::suite::NotFound;
use crate::watch::WatchError;

/// See the module.
#[derive(Debug, Error)]
pub enum Failure {
    /// A setting is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Scripts and contexts do not fit together.
    #[error(transparent)]
    Scripts(#[from] ScriptsError),
    /// A part of the caller's card cannot be entered by keys.
    #[error("{}: {_0}", card_flag(_0.part))]
    Card(CardError),
    /// The log cannot be set up.
    #[error(transparent)]
    Log(#[from] LogError),
    /// There is nothing to connect with.
    #[error("no credentials are set")]
    NoCredentials,
    /// RELAY said no to the credentials.
    #[error("RELAY refused the credentials")]
    Refused,
    /// No link can ever be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// RELAY was not reached; the last reason.
    #[error("RELAY cannot be reached")]
    Unreachable(#[source] Option<ConnectError>),
    /// Files cannot be watched.
    #[error(transparent)]
    Watch(#[from] WatchError),
    /// A path to tests is wrong.
    #[error(transparent)]
    NoTests(#[from] NotFound),
    /// The system refused a thread, an event loop or a signal handler.
    #[error("cannot start")]
    System(#[from] io::Error),
    /// An address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// An address lets other machines in, and nobody said that they may.
    #[error("other machines could connect to {0}")]
    RemoteClients(SocketAddr),
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A file cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A call cannot be saved as a test.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// A scenario makes no sense.
    #[error("cannot use {}: {why}", path.display())]
    Scenario {
        /// The file.
        path: PathBuf,
        /// What is wrong with it; never what it holds.
        why: String,
    },
    /// A thread panicked.
    #[error("a shard failed; this is a fault of relay-script itself")]
    Panicked,
    /// The output cannot be written.
    #[error("cannot write to the standard output")]
    Output(#[source] io::Error),
}

impl Failure {
    /// What the user can do about it.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Config(error) => error.hint().into_iter().collect(),
            Self::Scripts(error) => error.hint().into_iter().collect(),
            Self::NoCredentials => vec![
                "set SIGNALWIRE_PROJECT_ID and SIGNALWIRE_API_TOKEN, or SIGNALWIRE_JWT_TOKEN; \
                 SIGNALWIRE_SPACE names your space"
                    .to_owned(),
                "without an account, `relay-script run FILE` simulates calls".to_owned(),
            ],
            Self::Refused => vec![
                "check SIGNALWIRE_PROJECT_ID and SIGNALWIRE_API_TOKEN (or SIGNALWIRE_JWT_TOKEN), and that \
                 they belong to the space of SIGNALWIRE_SPACE"
                    .to_owned(),
            ],
            Self::Connect(error) | Self::Unreachable(Some(error)) => {
                error.hint().map(str::to_owned).into_iter().collect()
            }
            Self::Unreachable(None) => {
                vec![
                    "something listens there, but it does not answer like RELAY: check host and path"
                        .to_owned(),
                ]
            }
            Self::Listen { source, .. } if source.kind() == io::ErrorKind::AddrInUse => {
                vec!["another program listens there; port 0 is any free port".to_owned()]
            }
            Self::RemoteClients(_) => vec![
                "they could place calls and see all that happens; --allow-remote-clients lets them in"
                    .to_owned(),
            ],
            Self::Save(SaveError::OtherScript { .. }) => {
                vec!["a test file tests one script; save the call to another file".to_owned()]
            }
            Self::Scenario { .. } => {
                vec![
                    "expected the JSON of POST /calls, such as {\"actions\": [{\"press\": \"1\"}]}"
                        .to_owned(),
                ]
            }
            Self::Listen { .. } => vec!["use an address of this machine, like 127.0.0.1:4455".to_owned()],
            Self::Panicked => vec!["please report it, with the log".to_owned()],
            Self::Card(_)
            | Self::Log(_)
            | Self::Watch(_)
            | Self::NoTests(_)
            | Self::System(_)
            | Self::Output(_)
            | Self::Tls(_)
            | Self::Save(_)
            | Self::Write { .. } => Vec::new(),
        }
    }

    /// The exit code.
    pub fn exit(&self) -> ExitCode {
        match self {
            Self::Config(_)
            | Self::Scripts(_)
            | Self::Card(_)
            | Self::Log(_)
            | Self::NoCredentials
            | Self::NoTests(_)
            | Self::RemoteClients(_)
            | Self::Save(SaveError::OtherScript { .. })
            | Self::Scenario { .. } => ExitCode::Usage,
            Self::Connect(ConnectError::CaFile { .. } | ConnectError::NoCertificate(_)) => ExitCode::Usage,
            Self::Connect(_) | Self::Unreachable(_) => ExitCode::Unreachable,
            Self::Refused => ExitCode::Refused,
            Self::Listen { .. }
            | Self::Tls(_)
            | Self::Save(_)
            | Self::Write { .. }
            | Self::Watch(_)
            | Self::System(_)
            | Self::Panicked
            | Self::Output(_) => ExitCode::Failed,
        }
    }
}

/// The flag that gives a part of a card.
fn card_flag(part: Entry) -> &'static str {
    match part {
        Entry::CardNumber => "--card",
        Entry::ExpirationDate => "--expiry",
        Entry::SecurityCode => "--cvv",
        Entry::PostalCode => "--zip",
    }
}
