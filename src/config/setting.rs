//! The settings and how each is spelt in each place.
//!
//! One table; it holds no values and no defaults.

/// Everything that can be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    Project,
    Token,
    Jwt,
    Host,
    Scheme,
    CaFile,
    Contexts,
    MaxCalls,
    Insecure,
    Shards,
    DrainTimeout,
    MaxOperations,
    LogFormat,
    LogLevel,
}

/// The spellings of one setting; within one place the first that is set wins.
pub(super) struct Names {
    pub flags: &'static [&'static str],
    pub env: &'static [&'static str],
    pub toml: &'static [&'static str],
}

impl Setting {
    pub(super) const ALL: [Self; 14] = [
        Self::Project,
        Self::Token,
        Self::Jwt,
        Self::Host,
        Self::Scheme,
        Self::CaFile,
        Self::Contexts,
        Self::MaxCalls,
        Self::Insecure,
        Self::Shards,
        Self::DrainTimeout,
        Self::MaxOperations,
        Self::LogFormat,
        Self::LogLevel,
    ];

    pub(super) const fn names(self) -> Names {
        match self {
            Self::Project => names(&["--project"], &["SIGNALWIRE_PROJECT_ID"], &["project"]),
            Self::Token => names(&["--token"], &["SIGNALWIRE_API_TOKEN", "SIGNALWIRE_TOKEN"], &["token"]),
            Self::Jwt => names(&["--jwt"], &["SIGNALWIRE_JWT_TOKEN"], &["jwt"]),
            Self::Host => names(
                &["--host", "--space"],
                &["SIGNALWIRE_RELAY_HOST", "SIGNALWIRE_SPACE"],
                &["host", "space"],
            ),
            Self::Scheme => names(&["--scheme"], &["SIGNALWIRE_RELAY_SCHEME"], &["scheme"]),
            Self::CaFile => names(&["--ca-file"], &["SIGNALWIRE_RELAY_CA_FILE"], &["ca_file"]),
            Self::Contexts => names(&["--context"], &["SIGNALWIRE_CONTEXTS"], &["contexts"]),
            Self::MaxCalls => names(&["--max-calls"], &["RELAY_MAX_ACTIVE_CALLS"], &["max_calls"]),
            Self::Insecure => names(&["--insecure"], &[], &["insecure"]),
            Self::Shards => names(&["--shards"], &[], &["shards"]),
            Self::DrainTimeout => names(&["--drain-timeout"], &[], &["drain_timeout"]),
            Self::MaxOperations => names(&["--max-operations"], &[], &["max_operations"]),
            Self::LogFormat => names(&["--log-format"], &[], &["log_format"]),
            Self::LogLevel => names(&["-v", "-q"], &[], &["log_level"]),
        }
    }
}

const fn names(
    flags: &'static [&'static str],
    env: &'static [&'static str],
    toml: &'static [&'static str],
) -> Names {
    Names { flags, env, toml }
}

/// Every key of the configuration file.
pub(super) fn toml_keys() -> impl Iterator<Item = &'static str> {
    Setting::ALL.into_iter().flat_map(|setting| setting.names().toml.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_means_two_settings() {
        let mut seen = std::collections::HashSet::new();
        for setting in Setting::ALL {
            let Names { flags, env, toml } = setting.names();
            for name in [flags, env, toml].into_iter().flatten() {
                assert!(seen.insert(*name), "{name} twice");
            }
        }
    }
}
