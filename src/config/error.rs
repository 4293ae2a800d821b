//! What can be wrong with settings, and what to do about it.
//!
//! The value of a secret never stands in an error.

use std::fmt;
use std::path::{Path, PathBuf};

/// Where a value came from, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A flag of the command line.
    Flag,
    /// The process environment.
    Environment,
    /// The file named by `--env-file`.
    EnvFile,
    /// `relay-script.toml`, or the file named by `--config`.
    ConfigFile,
}

/// A setting as the user spelt it, and the place where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The kind of place.
    pub source: Source,
    /// The name as it is spelt there: `--host`, `SIGNALWIRE_SPACE`, `max_calls`.
    pub name: &'static str,
    /// The file, if the place is one.
    pub file: Option<PathBuf>,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, self.source) {
            (Some(file), _) => write!(f, "{} from {}", self.name, file.display()),
            (None, Source::Flag) => write!(f, "{} from the command line", self.name),
            (None, _) => write!(f, "{} from the environment", self.name),
        }
    }
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The value is not what the setting takes.
    #[error("{origin}: expected {expected}, got {got}")]
    BadValue {
        /// The setting and its place.
        origin: Origin,
        /// What it takes.
        expected: String,
        /// What was found, quoted unless it may hold a secret.
        got: String,
    },
    /// A key of the configuration file that means nothing.
    #[error("unknown setting \"{key}\" in {}", file.display())]
    UnknownKey {
        /// The key as it is written.
        key: String,
        /// The configuration file.
        file: PathBuf,
        /// The known key that is most like it.
        nearest: Option<&'static str>,
    },
    /// Half of the credentials is there.
    #[error("{missing} is not set, but there is {present}")]
    MissingCredential {
        /// The variable that would hold the other half.
        missing: &'static str,
        /// The half that was found.
        present: Origin,
    },
    /// Credentials would travel unencrypted over a network.
    #[error("{origin}: ws:// is not encrypted, and {host} is not this machine")]
    Unencrypted {
        /// The setting that asks for it.
        origin: Origin,
        /// The host that was to be reached.
        host: String,
    },
    /// A file that cannot be read.
    #[error("cannot read {}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file that can be read but not understood.
    #[error("{}:{line}: {message}", file.display())]
    Syntax {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong there; never the line itself, it may hold a token.
        message: String,
    },
}

impl ConfigError {
    pub(super) fn read(file: &Path, source: std::io::Error) -> Self {
        Self::Read { file: file.to_owned(), source }
    }

    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownKey { nearest: Some(nearest), .. } => Some(format!("did you mean \"{nearest}\"?")),
            Self::UnknownKey { .. } => {
                Some("settings of this file are named like the flags, with _ for -".to_owned())
            }
            Self::MissingCredential { missing, .. } => {
                Some(format!("set {missing} in the environment or in a file given with --env-file"))
            }
            Self::Unencrypted { .. } => Some("use wss://, or accept the risk with --insecure".to_owned()),
            Self::Syntax { .. } | Self::BadValue { .. } | Self::Read { .. } => None,
        }
    }
}
