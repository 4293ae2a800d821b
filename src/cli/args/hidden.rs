//! Reads a flag's value that may be secret: an error says what is wrong with it and does not show it.
//!
//! It knows no flag.

use std::ffi::OsStr;
use std::fmt::Display;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;

/// Reads by a function, whose error must not show the value either.
#[derive(Clone)]
pub(super) struct Hidden<F>(pub(super) F);

impl<F, T, E> TypedValueParser for Hidden<F>
where
    F: Fn(&str) -> Result<T, E> + Clone + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
    E: Display,
{
    type Value = T;

    fn parse_ref(
        &self,
        command: &clap::Command,
        flag: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<T, clap::Error> {
        let text = value.to_str().ok_or_else(|| "expected UTF-8".to_owned());
        text.and_then(|text| (self.0)(text).map_err(|error| error.to_string())).map_err(|wrong| {
            let flag = flag.map(ToString::to_string).unwrap_or_default();
            let message = format!("invalid value for '{flag}': {wrong}");
            command.clone().error(ErrorKind::ValueValidation, message)
        })
    }
}
