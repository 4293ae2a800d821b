//! The places where a setting may stand, asked in their order.
//!
//! Everything is passed in: it reads no environment and knows no meaning of a value.

use std::path::Path;

use super::error::{ConfigError, Origin, Source};
use super::files::{EnvFile, TomlFile};
use super::secret::Secret;
use super::setting::Setting;

/// What was given on the command line, in order.
#[derive(Clone, Debug, Default)]
pub struct Flags(Vec<(&'static str, Secret)>);

impl Flags {
    /// Adds a flag by its name with dashes (`--host`); a flag that repeats is added repeatedly.
    pub fn push(&mut self, name: &'static str, value: impl Into<Secret>) {
        self.0.push((name, value.into()));
    }

    fn get(&self, name: &str) -> Vec<Secret> {
        self.0.iter().filter(|(given, _)| *given == name).map(|(_, value)| value.clone()).collect()
    }
}

/// All places together: flag > environment > `--env-file` > configuration file.
pub struct Sources<'a> {
    /// The command line.
    pub flags: Flags,
    /// The process environment, as a function from a name to its value.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// The file given by `--env-file`.
    pub env_file: Option<EnvFile>,
    /// The configuration file.
    pub toml: Option<TomlFile>,
}

impl Sources<'static> {
    /// The sources of this process: its environment, its current folder, and the two files that
    /// the command line may name.
    pub fn of_process(
        flags: Flags,
        config: Option<&Path>,
        env_file: Option<&Path>,
    ) -> Result<Self, ConfigError> {
        Ok(Self {
            flags,
            env: &variable,
            env_file: env_file.map(EnvFile::read).transpose()?,
            toml: TomlFile::find(config, Path::new(""))?,
        })
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// The value of a setting (a list for a setting that repeats) and its place.
pub(super) struct Found {
    pub(super) origin: Origin,
    pub(super) values: Vec<Secret>,
}

impl Found {
    /// The only value; of a list that should be one, the last.
    pub(super) fn text(&self) -> &str {
        self.values.last().map_or("", Secret::expose)
    }

    pub(super) fn bad(&self, expected: impl Into<String>) -> ConfigError {
        self.bad_as(expected, format!("{:?}", self.text()))
    }

    pub(super) fn bad_as(&self, expected: impl Into<String>, got: impl Into<String>) -> ConfigError {
        ConfigError::BadValue { origin: self.origin.clone(), expected: expected.into(), got: got.into() }
    }
}

impl Sources<'_> {
    /// The strongest value of a setting. An empty variable counts as not set; an empty flag or key
    /// is an error.
    pub(super) fn find(&self, setting: Setting) -> Result<Option<Found>, ConfigError> {
        let found = self
            .flag(setting)
            .or_else(|| self.environment(setting))
            .or_else(|| self.env_file_value(setting))
            .or_else(|| self.toml_value(setting));
        match found {
            Some(found) if found.text().is_empty() => Err(found.bad_as("a value", "an empty one")),
            found => Ok(found),
        }
    }

    /// A variable of the environment or of the `--env-file` that is no setting of ours.
    pub(super) fn variable(&self, name: &'static str) -> Option<String> {
        (self.env)(name)
            .filter(|text| !text.trim().is_empty())
            .or_else(|| self.env_file.as_ref()?.get(name).map(|value| value.expose().to_owned()))
    }

    fn flag(&self, setting: Setting) -> Option<Found> {
        first(setting.names().flags, Source::Flag, None, |name| {
            let values = self.flags.get(name);
            (!values.is_empty()).then(|| values.iter().map(trimmed).collect())
        })
    }

    fn environment(&self, setting: Setting) -> Option<Found> {
        first(setting.names().env, Source::Environment, None, |name| {
            variable_value(&Secret::new((self.env)(name)?))
        })
    }

    fn env_file_value(&self, setting: Setting) -> Option<Found> {
        let file = self.env_file.as_ref()?;
        let names = setting.names().env;
        first(names, Source::EnvFile, Some(&file.path), |name| variable_value(file.get(name)?))
    }

    fn toml_value(&self, setting: Setting) -> Option<Found> {
        let file = self.toml.as_ref()?;
        let names = setting.names().toml;
        first(names, Source::ConfigFile, Some(&file.path), |name| {
            Some(file.get(name)?.iter().map(trimmed).collect())
        })
    }
}

fn first(
    names: &[&'static str],
    source: Source,
    file: Option<&Path>,
    get: impl Fn(&'static str) -> Option<Vec<Secret>>,
) -> Option<Found> {
    names.iter().find_map(|name| {
        let values = get(name)?;
        Some(Found { origin: Origin { source, name, file: file.map(Path::to_owned) }, values })
    })
}

fn variable_value(value: &Secret) -> Option<Vec<Secret>> {
    let value = trimmed(value);
    (!value.expose().is_empty()).then(|| vec![value])
}

fn trimmed(value: &Secret) -> Secret {
    Secret::from(value.expose().trim())
}
