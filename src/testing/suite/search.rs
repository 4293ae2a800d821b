//! Finds test files. It opens none of them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::ENDING;

/// The test files below these paths, sorted, each once. A path that is a file is taken whatever its name.
///
/// # Errors
/// A path does not exist or cannot be read.
pub fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, NotFound> {
    let mut found = Vec::new();
    for path in paths {
        let wrap = |error| NotFound { path: path.clone(), error };
        if fs::metadata(path).map_err(wrap)?.is_dir() {
            search(path, &mut found).map_err(wrap)?;
        } else {
            found.push(path.clone());
        }
    }
    for path in &mut found {
        if let Ok(plain) = path.strip_prefix(".") {
            *path = plain.to_owned();
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// A path cannot be looked into.
#[derive(Debug, thiserror::Error)]
#[error("cannot look for tests in {}", path.display())]
pub struct NotFound {
    /// The path.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub error: io::Error,
}

/// The folders among these paths and below them in which test files are looked for.
#[must_use]
pub fn folders(paths: &[PathBuf]) -> Vec<PathBuf> {
    let (mut folders, mut found) = (Vec::new(), Vec::new());
    for path in paths.iter().filter(|path| path.is_dir()) {
        // A folder that cannot be read holds nothing.
        let _ = walk(path, &mut folders, &mut found);
    }
    folders
}

fn search(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    walk(folder, &mut Vec::new(), found)
}

/// Hidden folders and those of build tools hold no tests.
fn walk(folder: &Path, folders: &mut Vec<PathBuf>, found: &mut Vec<PathBuf>) -> io::Result<()> {
    folders.push(folder.to_owned());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let kind = entry.file_type()?;
        if kind.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
            walk(&path, folders, found)?;
        } else if name.ends_with(ENDING) && path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}
