//! Recorded transcripts: text files beside a test, `pay.test.snapshots/NAME.txt` for `pay.test.rhai`.
//!
//! It compares, and writes only when it was told to update.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The recorded transcripts of one test file.
#[derive(Clone, Debug)]
pub struct Snapshots {
    folder: PathBuf,
    update: bool,
    /// Whether every transcript is as good as the recorded one.
    lenient: bool,
}

/// What a comparison found.
#[derive(Debug)]
pub enum Compared {
    /// They are the same.
    Same,
    /// It was written.
    Written,
    /// There is none of this name.
    Missing,
    /// The recorded one.
    Different(String),
}

impl Snapshots {
    /// The transcripts of the test file at `test`; with `update` they are written in place of being compared.
    #[must_use]
    pub fn of(test: &Path, update: bool) -> Self {
        Self { folder: test.with_extension("snapshots"), update, lenient: false }
    }

    /// The same without comparing: where the times of a transcript cannot be the recorded ones.
    #[must_use]
    pub fn unread(test: &Path) -> Self {
        Self { lenient: true, ..Self::of(test, false) }
    }

    /// The file of a transcript.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.txt"))
    }

    /// Compares a transcript with the recorded one of this name.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn compare(&self, name: &str, came: &str) -> io::Result<Compared> {
        if self.lenient {
            return Ok(Compared::Same);
        }
        let path = self.path(name);
        let recorded = match fs::read_to_string(&path) {
            Ok(recorded) => Some(recorded.replace("\r\n", "\n")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        if recorded.as_deref() == Some(came) {
            return Ok(Compared::Same);
        }
        if self.update {
            fs::create_dir_all(&self.folder)?;
            fs::write(path, came)?;
            return Ok(Compared::Written);
        }
        Ok(recorded.map_or(Compared::Missing, Compared::Different))
    }
}
