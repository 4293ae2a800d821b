//! Which script answers the calls of which context.
//!
//! It reads no files.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// One word of the command line: `FILE` or `CONTEXT=FILE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptArg {
    /// `None`: the file is for every context that has no other.
    pub context: Option<String>,
    /// The script.
    pub file: PathBuf,
}

impl FromStr for ScriptArg {
    type Err = Infallible;

    /// A file with a `=` in its name is written with its folder: `./a=b.rhai`.
    fn from_str(word: &str) -> Result<Self, Infallible> {
        Ok(match word.split_once('=') {
            Some((context, file)) if !context.is_empty() && !context.contains(['/', '\\']) => {
                Self { context: Some(context.to_owned()), file: file.into() }
            }
            _ => Self { context: None, file: word.into() },
        })
    }
}

/// Scripts and contexts that do not fit together.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScriptsError {
    /// Two files for every context.
    #[error("two scripts for all contexts: {} and {}", .0.display(), .1.display())]
    TwoPlain(PathBuf, PathBuf),
    /// Two files for one context.
    #[error("two scripts for context \"{0}\"")]
    TwoForOne(String),
    /// `CONTEXT=` without a file.
    #[error("context \"{0}\" is given no file")]
    NoFile(String),
    /// A context that was asked for, but no script for it.
    #[error("context \"{0}\" has no script")]
    NoScript(String),
}

impl ScriptsError {
    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::TwoPlain(_, second) => Some(format!("give each its context: CONTEXT={}", second.display())),
            Self::NoFile(context) | Self::NoScript(context) => Some(format!("add {context}=FILE")),
            Self::TwoForOne(_) => None,
        }
    }
}

/// The scripts of a command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scripts {
    plain: Option<PathBuf>,
    by_context: Vec<(String, PathBuf)>,
}

impl Scripts {
    /// Sorts the words of the command line.
    pub fn new(args: impl IntoIterator<Item = ScriptArg>) -> Result<Self, ScriptsError> {
        let mut scripts = Self::default();
        for ScriptArg { context, file } in args {
            match context {
                Some(context) if file.as_os_str().is_empty() => return Err(ScriptsError::NoFile(context)),
                Some(context) if scripts.by_context.iter().any(|(known, _)| *known == context) => {
                    return Err(ScriptsError::TwoForOne(context));
                }
                Some(context) => scripts.by_context.push((context, file)),
                None => match scripts.plain.take() {
                    Some(first) => return Err(ScriptsError::TwoPlain(first, file)),
                    None => scripts.plain = Some(file),
                },
            }
        }
        Ok(scripts)
    }

    /// Each file with the context that it is for; `None`: for the contexts that have no other.
    pub fn files(&self) -> impl Iterator<Item = (Option<&str>, &Path)> {
        let named = self.by_context.iter().map(|(context, file)| (Some(context.as_str()), file.as_path()));
        named.chain(self.plain.as_deref().map(|file| (None, file)))
    }

    /// Each context with its script. `contexts` are those that the settings ask for, if they do;
    /// else they are the named ones, and `default` for a plain file.
    pub fn assign(&self, contexts: Option<&[String]>) -> Result<Vec<(String, PathBuf)>, ScriptsError> {
        let mut assigned = self.by_context.clone();
        let default = ["default".to_owned()];
        let asked = contexts.unwrap_or(if self.plain.is_some() { &default } else { &[] });
        for context in asked {
            if assigned.iter().any(|(known, _)| known == context) {
                continue;
            }
            match &self.plain {
                Some(file) => assigned.push((context.clone(), file.clone())),
                None => return Err(ScriptsError::NoScript(context.clone())),
            }
        }
        Ok(assigned)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::type_complexity)]

    use super::*;

    fn scripts(words: &[&str]) -> Result<Scripts, ScriptsError> {
        Scripts::new(words.iter().map(|word| word.parse().unwrap()))
    }

    #[test]
    fn each_context_gets_its_script() {
        let table: &[(&[&str], Option<&[&str]>, &[(&str, &str)])] = &[
            (&["a.rhai"], None, &[("default", "a.rhai")]),
            (&["a.rhai"], Some(&["x", "y"]), &[("x", "a.rhai"), ("y", "a.rhai")]),
            (&["x=a.rhai"], None, &[("x", "a.rhai")]),
            (&["x=a.rhai", "b.rhai"], None, &[("x", "a.rhai"), ("default", "b.rhai")]),
            (&["x=a.rhai", "b.rhai"], Some(&["x", "y"]), &[("x", "a.rhai"), ("y", "b.rhai")]),
            (&["default=a.rhai", "b.rhai"], None, &[("default", "a.rhai")]),
            (&["./x=a.rhai"], None, &[("default", "./x=a.rhai")]),
            (&["x=a=b.rhai"], None, &[("x", "a=b.rhai")]),
            (&["=a"], None, &[("default", "=a")]),
        ];
        for (words, contexts, expected) in table {
            let contexts = contexts.map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>());
            let assigned = scripts(words).unwrap().assign(contexts.as_deref()).unwrap();
            let assigned: Vec<_> =
                assigned.iter().map(|(context, file)| (context.as_str(), file.to_str().unwrap())).collect();
            assert_eq!(assigned, *expected, "{words:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let table: &[(&[&str], &str)] = &[
            (&["a", "b"], "two scripts for all contexts: a and b"),
            (&["x=a", "x=b"], "two scripts for context \"x\""),
            (&["x="], "context \"x\" is given no file"),
        ];
        for (words, expected) in table {
            assert_eq!(scripts(words).unwrap_err().to_string(), *expected);
        }
        let error = scripts(&["x=a"]).unwrap().assign(Some(&["y".to_owned()])).unwrap_err();
        assert_eq!(error.to_string(), "context \"y\" has no script");
        assert_eq!(error.hint().unwrap(), "add y=FILE");
    }
}
