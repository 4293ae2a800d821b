//! The two files that hold settings: `--env-file` and `relay-script.toml`.
//!
//! They are read and checked here; the process environment is never changed, and a line of a
//! file never stands in an error.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::error::ConfigError;
use super::secret::Secret;
use super::setting::toml_keys;

/// The configuration file that is read when it exists and `--config` names no other.
pub const CONFIG_FILE: &str = "relay-script.toml";

/// The variables of a file of `NAME=value` lines.
#[derive(Clone, Debug)]
pub struct EnvFile {
    pub(super) path: PathBuf,
    values: HashMap<String, Secret>,
}

impl EnvFile {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::read(path, error))?;
        Self::parse(path, &text)
    }

    /// Reads a text; `path` is for the messages. Of a name given twice the first counts.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let text = format!("{}\n", text.trim_start_matches('\u{feff}'));
        let mut values = HashMap::new();
        for item in dotenvy::from_read_iter(text.as_bytes()) {
            let (name, value) = item.map_err(|error| env_syntax(path, &text, &error))?;
            values.entry(name).or_insert(Secret::new(value));
        }
        Ok(Self { path: path.to_owned(), values })
    }

    pub(super) fn get(&self, name: &str) -> Option<&Secret> {
        self.values.get(name)
    }
}

fn env_syntax(path: &Path, text: &str, error: &dotenvy::Error) -> ConfigError {
    let before = match error {
        dotenvy::Error::LineParse(part, _) => text.find(part.as_str()).map_or("", |at| &text[..at]),
        _ => "",
    };
    ConfigError::Syntax {
        file: path.to_owned(),
        line: before.matches('\n').count() + 1,
        message: "expected NAME=value, with quotes around a value with spaces".to_owned(),
    }
}

/// The settings of a configuration file; each has a list of values, most of them just one.
#[derive(Clone, Debug)]
pub struct TomlFile {
    pub(super) path: PathBuf,
    values: HashMap<&'static str, Vec<Secret>>,
}

impl TomlFile {
    /// Reads the file that `--config` names, else `relay-script.toml` in `folder` if there is one.
    pub fn find(named: Option<&Path>, folder: &Path) -> Result<Option<Self>, ConfigError> {
        let path = named.map_or_else(|| folder.join(CONFIG_FILE), Path::to_owned);
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&path, &text).map(Some),
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ConfigError::read(&path, error)),
        }
    }

    /// Reads a text; `path` is for the messages, and a relative `ca_file` starts from its folder.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let table: toml::Table = toml::from_str(text).map_err(|error| toml_syntax(path, text, &error))?;
        let mut values = HashMap::new();
        for (key, value) in &table {
            let name = toml_keys().find(|name| name == key).ok_or_else(|| unknown(path, key))?;
            let texts = texts(value).ok_or_else(|| ConfigError::BadValue {
                origin: super::Origin {
                    source: super::Source::ConfigFile,
                    name,
                    file: Some(path.to_owned()),
                },
                expected: "a text, a number, true, false or a list of texts".to_owned(),
                got: format!("{} {}", article(value.type_str()), value.type_str()),
            })?;
            values.insert(name, texts);
        }
        Ok(Self { path: path.to_owned(), values })
    }

    pub(super) fn get(&self, key: &str) -> Option<&[Secret]> {
        self.values.get(key).map(Vec::as_slice)
    }
}

fn texts(value: &toml::Value) -> Option<Vec<Secret>> {
    if let toml::Value::Array(items) = value {
        return items.iter().map(|item| item.as_str().map(Secret::from)).collect();
    }
    scalar(value).map(|text| vec![Secret::new(text)])
}

fn scalar(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Float(number) => Some(number.to_string()),
        toml::Value::Boolean(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

fn unknown(path: &Path, key: &str) -> ConfigError {
    let nearest = toml_keys()
        .map(|name| (strsim::damerau_levenshtein(name, key), name))
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name);
    ConfigError::UnknownKey { key: key.to_owned(), file: path.to_owned(), nearest }
}

fn toml_syntax(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let end = error.span().map_or(0, |span| span.start.min(text.len()));
    let before = text.as_bytes().get(..end).unwrap_or_default();
    ConfigError::Syntax {
        file: path.to_owned(),
        line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
        message: error.message().to_owned(),
    }
}
