//! From the text of an import to a file: `"lib/menu"` is looked for from the script's folder,
//! `"./x"` and `"../x"` from the folder of the importing file.
//!
//! Pure text: it touches no file, and never gives a path outside the root.

use std::fmt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// A file's path from the root, `/` between its parts, with `.rhai`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(Rc<str>);

impl Key {
    /// The key of a file that lies directly in the root.
    pub fn of_script(path: &Path) -> Self {
        Self(path.file_name().map_or_else(|| "".into(), |name| name.to_string_lossy().into()))
    }

    /// The file that an import names, seen from this one.
    pub fn import(&self, written: &str) -> Result<Self, PathFault> {
        if written.is_empty() || written.ends_with('/') {
            return Err(PathFault::Empty);
        }
        if written.starts_with('/') || written.as_bytes().get(1) == Some(&b':') {
            return Err(PathFault::Absolute);
        }
        if written.contains(|c: char| c == '\\' || c == '"' || c.is_control()) {
            return Err(PathFault::Sign);
        }
        let relative = written.starts_with("./") || written.starts_with("../");
        let mut parts: Vec<&str> = if relative { self.folder() } else { Vec::new() };
        for part in written.split('/') {
            match part {
                "" | "." => {}
                ".." if parts.pop().is_none() => return Err(PathFault::Escape),
                ".." => {}
                part => parts.push(part),
            }
        }
        let path = parts.join("/");
        match path.as_str() {
            "" => Err(PathFault::Empty),
            path if path.ends_with(".rhai") => Ok(Self(path.into())),
            path => Ok(Self(format!("{path}.rhai").into())),
        }
    }

    fn folder(&self) -> Vec<&str> {
        let mut parts: Vec<_> = self.0.split('/').collect();
        parts.pop();
        parts
    }

    /// The file's path under a root.
    pub fn under(&self, root: &Path) -> PathBuf {
        root.join(&*self.0)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why the text of an import cannot name a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PathFault {
    #[error("names no file")]
    Empty,
    #[error("is absolute")]
    Absolute,
    #[error("holds a sign that a path must not have")]
    Sign,
    #[error("leaves the script's folder")]
    Escape,
}

impl PathFault {
    pub fn hint(self) -> &'static str {
        match self {
            Self::Empty => "name a file of the script's folder: \"lib/menu\"",
            Self::Absolute => "paths start at the script's folder: \"lib/menu\"",
            Self::Sign => "folders are separated by /",
            Self::Escape => "move the file into the script's folder",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_find_files_of_the_root_only() {
        let from = Key("lib/deep/menu.rhai".into());
        for (written, found) in [
            ("lib/menu", Ok("lib/menu.rhai")),
            ("lib/menu.rhai", Ok("lib/menu.rhai")),
            ("menu.v2", Ok("menu.v2.rhai")),
            ("./x", Ok("lib/deep/x.rhai")),
            ("../x", Ok("lib/x.rhai")),
            ("../../x", Ok("x.rhai")),
            ("../../../x", Err(PathFault::Escape)),
            ("a/../../x", Err(PathFault::Escape)),
            ("a//./b", Ok("a/b.rhai")),
            ("/etc/passwd", Err(PathFault::Absolute)),
            ("C:\\x", Err(PathFault::Absolute)),
            ("a\\b", Err(PathFault::Sign)),
            ("a\nb", Err(PathFault::Sign)),
            ("", Err(PathFault::Empty)),
            ("lib/", Err(PathFault::Empty)),
            ("lib/..", Err(PathFault::Empty)),
        ] {
            assert_eq!(
                from.import(written).map(|key| key.to_string()),
                found.map(str::to_owned),
                "{written}"
            );
        }
    }
}
