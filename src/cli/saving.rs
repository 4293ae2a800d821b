//! Calls that go to the end of a test file.
//!
//! It adds and never overwrites; what a case says is decided where it is written.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};

use thiserror::Error;

use crate::testing::save::{Placed, Saved, place};
use crate::testing::suite::{ENDING, script_of};

/// A case that stands in a file now.
pub struct Added {
    /// The file.
    pub path: PathBuf,
    /// The case, with the name that it has there.
    pub placed: Placed,
    /// Why it does not pass; `None` when it does.
    pub trouble: Option<String>,
}

/// Why a case is in no file.
#[derive(Debug, Error)]
pub enum SaveError {
    /// The file tests another script.
    #[error("{} tests {}, not {}", path.display(), other.display(), script.display())]
    OtherScript {
        /// The test file.
        path: PathBuf,
        /// The script that it tests.
        other: PathBuf,
        /// The script of the call.
        script: PathBuf,
    },
    /// The file cannot be read or written.
    #[error("cannot write {}", path.display())]
    File {
        /// The test file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl Added {
    /// What was done and what comes next, for people.
    pub fn status(&self) -> String {
        format!("saved {}; run it: {}", self.placed.name, self.command())
    }

    /// The command that runs the tests of the file.
    pub fn command(&self) -> String {
        format!("relay-script test {}", self.path.display())
    }

    /// That it does not pass, and why.
    pub fn warning(&self) -> Option<String> {
        let trouble = self.trouble.as_ref()?;
        Some(format!("{} does not pass as it stands: {trouble}", self.placed.name))
    }
}

/// The path of a test file, from its words.
pub fn test_file(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let good = name.ends_with(ENDING) && name.len() > ENDING.len();
    if good { Ok(path) } else { Err(format!("expected the name of a test file, NAME{ENDING}")) }
}

/// The test file beside a script.
pub fn beside(script: &Path) -> PathBuf {
    let name = script.file_name().unwrap_or_default().to_string_lossy();
    let name = name.strip_suffix(".rhai").unwrap_or(&name);
    script.with_file_name(format!("{name}{ENDING}"))
}

/// Adds a case to a test file, which is made if there is none.
pub fn add(saved: Saved, path: &Path) -> Result<Added, SaveError> {
    let script = Path::new(&saved.script);
    let failed = |source| SaveError::File { path: path.to_owned(), source };
    let existing = match fs::read_to_string(path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed(error)),
    };
    let tested = script_of(path, existing.as_deref().unwrap_or_default());
    let fits = is_same(&tested, script);
    if !fits && existing.as_ref().is_some_and(|text| !text.is_empty()) {
        let (path, script) = (path.to_owned(), script.to_owned());
        return Err(SaveError::OtherScript { path, other: tested, script });
    }
    let named = if fits { None } else { Some(seen_from(path, script).map_err(failed)?) };
    let placed = place(&saved, existing.as_deref(), named.as_deref());
    let mut options = OpenOptions::new();
    let file = if existing.is_some() { options.append(true) } else { options.write(true).create_new(true) };
    file.open(path).and_then(|mut file| file.write_all(placed.text.as_bytes())).map_err(failed)?;
    Ok(Added { path: path.to_owned(), placed, trouble: saved.trouble })
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// The path of a script, from the folder of a test file.
fn seen_from(test: &Path, script: &Path) -> io::Result<String> {
    let folder = test.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (folder, script) = (folder.canonicalize()?, script.canonicalize()?);
    let shared = folder.components().zip(script.components()).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return Ok(script.display().to_string());
    }
    let up = folder.components().skip(shared).map(|_| Component::ParentDir);
    let path: PathBuf = up.chain(script.components().skip(shared)).collect();
    Ok(path.display().to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_test_file_is_known_by_its_name() {
        assert_eq!(test_file("a/pay.test.rhai").unwrap(), Path::new("a/pay.test.rhai"));
        for text in ["pay.rhai", ".test.rhai", "a/.test.rhai", "", "pay.test.rhai/"] {
            assert_eq!(test_file(text).is_ok(), text == "pay.test.rhai/", "{text}");
        }
        for (script, test) in [("a/pay.rhai", "a/pay.test.rhai"), ("pay", "pay.test.rhai")] {
            assert_eq!(beside(Path::new(script)), Path::new(test));
        }
    }

    #[test]
    fn a_script_is_named_from_the_folder_of_its_test() {
        let root = std::env::temp_dir().join(format!("relay-script-saving-{}", std::process::id()));
        fs::create_dir_all(root.join("tests/deep")).unwrap();
        fs::create_dir_all(root.join("calls")).unwrap();
        let script = root.join("calls/pay.rhai");
        fs::write(&script, "").unwrap();
        for (test, expected) in [
            ("tests/deep/a.test.rhai", "../../calls/pay.rhai"),
            ("calls/a.test.rhai", "pay.rhai"),
            ("a.test.rhai", "calls/pay.rhai"),
        ] {
            assert_eq!(seen_from(&root.join(test), &script).unwrap(), expected);
        }
        fs::remove_dir_all(root).unwrap();
    }
}
