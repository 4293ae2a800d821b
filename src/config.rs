//! Settings: flag > environment > `--env-file` > `relay-script.toml` > default.
//!
//! It says what a setting means and where a bad one came from. It never changes the process
//! environment, never prints, and knows neither the command line's parser nor the connection.

mod endpoint;
mod error;
mod files;
mod secret;
mod setting;
mod sources;
#[cfg(test)]
mod tests;

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

pub use endpoint::{DEFAULT_HOST, Endpoint};
pub use error::{ConfigError, Origin, Source};
pub use files::{CONFIG_FILE, EnvFile, TomlFile};
pub use secret::Secret;
pub use sources::{Flags, Sources};

use endpoint::Address;
use setting::Setting;
use sources::Found;

/// How the client proves who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// A project and one of its API tokens.
    Token {
        /// The project's id.
        project: String,
        /// The API token.
        token: Secret,
    },
    /// A JSON web token.
    Jwt(Secret),
}

/// How a log line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The least important thing that is still logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// What is logged and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logging {
    /// `None` when nothing is set: the command has its own default.
    pub format: Option<LogFormat>,
    /// The level for this crate.
    pub level: LogLevel,
    /// `RUST_LOG`, unless `-v` or `-q` was given, which are stronger.
    pub directives: Option<String>,
}

/// Everything that can be set, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// `None` when no credential is set at all: the simulator takes the server's place.
    pub credentials: Option<Credentials>,
    /// The RELAY server.
    pub endpoint: Endpoint,
    /// A PEM bundle of further trusted roots.
    pub ca_file: Option<PathBuf>,
    /// The contexts whose calls are taken; `default` when none is set.
    pub contexts: Vec<String>,
    /// How many calls may be live at once, 1 to 1,000,000.
    pub max_active_calls: usize,
    /// How many sessions (threads) are run, 1 to 256.
    pub shards: usize,
    /// How long live calls may go on after the first request to end.
    pub drain_timeout: Duration,
    /// How many operations a script may do between two waits.
    pub max_operations: u64,
    /// Logging.
    pub logging: Logging,
}

impl Config {
    /// Reads and checks every setting.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        Ok(Self {
            credentials: sources.credentials()?,
            endpoint: sources.endpoint()?,
            ca_file: sources.ca_file()?,
            contexts: sources.contexts()?.unwrap_or_else(|| vec!["default".to_owned()]),
            max_active_calls: sources.size(Setting::MaxCalls, 1..=1_000_000, 1000)?,
            shards: sources.size(Setting::Shards, 1..=256, 1)?,
            drain_timeout: Duration::from_secs(sources.number(Setting::DrainTimeout, 0..=86_400, 60)?),
            max_operations: sources.max_operations()?,
            logging: sources.logging()?,
        })
    }
}

impl Sources<'_> {
    /// The credentials. `None` when none is set at all; half of them is an error. A JWT and a token
    /// side by side: the one from the stronger source, the JWT when both come from the same.
    pub fn credentials(&self) -> Result<Option<Credentials>, ConfigError> {
        let project = self.find(Setting::Project)?;
        let token = self.find(Setting::Token)?;
        if let Some(jwt) = self.find(Setting::Jwt)? {
            let stronger = token.as_ref().is_none_or(|token| jwt.origin.source <= token.origin.source);
            if stronger {
                return Ok(Some(Credentials::Jwt(jwt.text().into())));
            }
        }
        match (project, token) {
            (Some(project), Some(token)) => Ok(Some(Credentials::Token {
                project: project.text().to_owned(),
                token: token.text().into(),
            })),
            (Some(project), None) => Err(missing("SIGNALWIRE_API_TOKEN", project)),
            (None, Some(token)) => Err(missing("SIGNALWIRE_PROJECT_ID", token)),
            (None, None) => Ok(None),
        }
    }

    /// The API token alone, whatever it belongs to.
    pub fn token(&self) -> Result<Option<Secret>, ConfigError> {
        Ok(self.find(Setting::Token)?.map(|token| token.text().into()))
    }

    /// The server. A scheme in the host counts, unless one is set by a stronger source.
    pub fn endpoint(&self) -> Result<Endpoint, ConfigError> {
        let host = self.find(Setting::Host)?;
        let scheme = self.find(Setting::Scheme)?;
        let address = address(host.as_ref())?;
        let named = scheme.as_ref().map(secure).transpose()?;
        let (secure, origin) = match (address.secure, host, named, scheme) {
            (Some(_), Some(host), Some(named), Some(scheme)) if scheme.origin.source < host.origin.source => {
                (named, Some(scheme.origin))
            }
            (Some(secure), host, ..) => (secure, host.map(|host| host.origin)),
            (None, _, Some(named), scheme) => (named, scheme.map(|scheme| scheme.origin)),
            (None, ..) => (true, None),
        };
        let endpoint = address.endpoint(secure);
        match origin {
            Some(origin) if !secure && !endpoint.is_loopback() && !self.insecure()? => {
                Err(ConfigError::Unencrypted { origin, host: endpoint.host })
            }
            _ => Ok(endpoint),
        }
    }

    /// The contexts, each once, or `None` when none is set.
    pub fn contexts(&self) -> Result<Option<Vec<String>>, ConfigError> {
        let Some(found) = self.find(Setting::Contexts)? else { return Ok(None) };
        let mut names: Vec<String> = Vec::new();
        for name in found.values.iter().flat_map(|value| value.expose().split(',')).map(str::trim) {
            if !name.is_empty() && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        if names.is_empty() { Err(found.bad("names separated by commas")) } else { Ok(Some(names)) }
    }

    /// The budget of operations between two waits of a script.
    pub fn max_operations(&self) -> Result<u64, ConfigError> {
        self.number(Setting::MaxOperations, 1..=1_000_000_000_000, 10_000_000)
    }

    /// Level and format of the log.
    pub fn logging(&self) -> Result<Logging, ConfigError> {
        let format = self.find(Setting::LogFormat)?;
        let level = self.find(Setting::LogLevel)?;
        let by_flag = level.as_ref().is_some_and(|level| level.origin.source == Source::Flag);
        Ok(Logging {
            format: format.as_ref().map(log_format).transpose()?,
            level: level.as_ref().map_or(Ok(LogLevel::Info), log_level)?,
            directives: if by_flag { None } else { self.variable("RUST_LOG") },
        })
    }

    /// A PEM file; a relative path in the configuration file starts from that file's folder.
    fn ca_file(&self) -> Result<Option<PathBuf>, ConfigError> {
        let found = self.find(Setting::CaFile)?;
        Ok(found.map(|found| match &found.origin {
            Origin { source: Source::ConfigFile, file: Some(file), .. } => {
                file.parent().unwrap_or(file).join(found.text())
            }
            _ => PathBuf::from(found.text()),
        }))
    }

    fn insecure(&self) -> Result<bool, ConfigError> {
        let Some(found) = self.find(Setting::Insecure)? else { return Ok(false) };
        found.text().parse().map_err(|_| found.bad("true or false"))
    }

    fn number(&self, setting: Setting, range: RangeInclusive<u64>, default: u64) -> Result<u64, ConfigError> {
        let Some(found) = self.find(setting)? else { return Ok(default) };
        let number = found.text().parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| found.bad(format!("a whole number from {} to {}", range.start(), range.end())))
    }

    fn size(&self, setting: Setting, range: RangeInclusive<u64>, default: u64) -> Result<usize, ConfigError> {
        let number = self.number(setting, range, default)?;
        Ok(usize::try_from(number).unwrap_or(usize::MAX))
    }
}

fn missing(missing: &'static str, present: Found) -> ConfigError {
    ConfigError::MissingCredential { missing, present: present.origin }
}

fn address(found: Option<&Found>) -> Result<Address, ConfigError> {
    let Some(found) = found else { return Ok(Address::default()) };
    Address::parse(found.text()).ok_or_else(|| {
        let private = found.text().contains(['@', '?']);
        if private { found.bad_as(HOST, "one with a password or a query") } else { found.bad(HOST) }
    })
}

const HOST: &str = "a space or a host like example.signalwire.com or localhost:8080/path, \
                    perhaps after wss:// or ws://";

fn secure(found: &Found) -> Result<bool, ConfigError> {
    match found.text() {
        "wss" => Ok(true),
        "ws" => Ok(false),
        _ => Err(found.bad("ws or wss")),
    }
}

fn log_format(found: &Found) -> Result<LogFormat, ConfigError> {
    match found.text() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(found.bad("text or json")),
    }
}

fn log_level(found: &Found) -> Result<LogLevel, ConfigError> {
    match found.text() {
        "error" => Ok(LogLevel::Error),
        "warn" => Ok(LogLevel::Warn),
        "info" => Ok(LogLevel::Info),
        "debug" => Ok(LogLevel::Debug),
        "trace" => Ok(LogLevel::Trace),
        _ => Err(found.bad("error, warn, info, debug or trace")),
    }
}
