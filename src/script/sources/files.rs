//! Reading script files: from the disk, or from memory for tests and embedders.
//!
//! It never writes, and never opens what is not a plain file.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The largest script file, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// Where script files come from.
pub trait Files {
    /// The path with all symbolic links followed.
    ///
    /// # Errors
    /// When there is no such file.
    fn real_path(&self, path: &Path) -> io::Result<PathBuf>;

    /// The content of a file, cut after `limit` bytes.
    ///
    /// # Errors
    /// When there is no such file or it cannot be read.
    fn read(&self, path: &Path, limit: usize) -> io::Result<Vec<u8>>;
}

/// The file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Files for Disk {
    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        path.canonicalize()
    }

    fn read(&self, path: &Path, limit: usize) -> io::Result<Vec<u8>> {
        // A pipe or a device would keep the reader waiting: look before opening.
        if !path.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a plain file"));
        }
        let mut content = Vec::new();
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        std::fs::File::open(path)?.take(limit).read_to_end(&mut content)?;
        Ok(content)
    }
}

/// Files that exist only in memory; they may change between two loads.
#[derive(Debug, Default)]
pub struct InMemory {
    files: RefCell<BTreeMap<PathBuf, Vec<u8>>>,
    links: RefCell<BTreeMap<PathBuf, PathBuf>>,
}

impl InMemory {
    /// Files by path.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let memory = Self::default();
        for (path, text) in files {
            memory.write(path, text);
        }
        memory
    }

    /// Makes or replaces a file.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        self.files.borrow_mut().insert(plain(Path::new(path)), content.as_ref().to_vec());
    }

    /// Makes a symbolic link.
    pub fn link(&self, path: &str, target: &str) {
        self.links.borrow_mut().insert(plain(Path::new(path)), plain(Path::new(target)));
    }

    /// Removes a file.
    pub fn remove(&self, path: &str) {
        self.files.borrow_mut().remove(&plain(Path::new(path)));
    }
}

/// `./x` is `x`.
fn plain(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_owned()
}

impl Files for InMemory {
    fn real_path(&self, path: &Path) -> io::Result<PathBuf> {
        let path = plain(path);
        let target = self.links.borrow().get(&path).cloned().unwrap_or(path);
        let exists =
            target.as_os_str().is_empty() || self.files.borrow().keys().any(|file| file.starts_with(&target));
        if exists { Ok(target) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    fn read(&self, path: &Path, limit: usize) -> io::Result<Vec<u8>> {
        let path = self.real_path(path)?;
        let files = self.files.borrow();
        let content = files.get(&path).ok_or(io::ErrorKind::NotFound)?;
        Ok(content[..content.len().min(limit)].to_vec())
    }
}
