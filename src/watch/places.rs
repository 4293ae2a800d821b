//! Where to look for changes of a set of files: the folders to watch, and the names in them.
//!
//! Files are never watched themselves: an editor may replace them. It looks at links and folders,
//! and opens nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// More links than this from one path are a loop.
const MOST_LINKS: usize = 40;

/// Folders to watch, and the entries in them that matter. All of them are resolved paths.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) folders: BTreeSet<PathBuf>,
    entries: BTreeSet<PathBuf>,
    /// Folders in which every name matters.
    whole: BTreeSet<PathBuf>,
}

impl Places {
    /// The places of a set of files, and of whole folders, as the file system is now.
    pub(super) fn of<'a>(
        paths: impl IntoIterator<Item = &'a PathBuf>,
        whole: impl IntoIterator<Item = &'a PathBuf>,
    ) -> Self {
        let mut places = Self::default();
        for folder in whole.into_iter().filter_map(|folder| folder.canonicalize().ok()) {
            places.folders.insert(folder.clone());
            places.whole.insert(folder);
        }
        for path in paths {
            let mut todo: Vec<PathBuf> = std::path::absolute(path).into_iter().collect();
            for _ in 0..MOST_LINKS {
                let Some(path) = todo.pop() else { break };
                places.add(&path);
                todo.extend(places.add_links(&path));
            }
        }
        places
    }

    /// Whether an event at this path may mean a change: a name that matters, or a folder itself.
    pub(super) fn concern(&self, path: &Path) -> bool {
        self.entries.contains(path)
            || self.folders.contains(path)
            || path.parent().is_some_and(|folder| self.whole.contains(folder))
    }

    /// Adds the folder of a path. While there is none, the nearest one above is watched for the
    /// first folder that is missing.
    fn add(&mut self, path: &Path) {
        let mut name = path;
        for folder in path.ancestors().skip(1) {
            if let (Ok(real), Some(entry)) = (folder.canonicalize(), name.file_name())
                && real.is_dir()
            {
                self.entries.insert(real.join(entry));
                self.folders.insert(real);
                return;
            }
            name = folder;
        }
    }

    /// Adds every link on the way to a path, and returns where the path leads by each.
    fn add_links(&mut self, path: &Path) -> Vec<PathBuf> {
        let mut targets = Vec::new();
        for link in path.ancestors() {
            let (Ok(target), Some(folder)) = (link.read_link(), link.parent()) else { continue };
            self.add(link);
            if let Ok(below) = path.strip_prefix(link) {
                let target = folder.join(target);
                targets.push(if below.as_os_str().is_empty() { target } else { target.join(below) });
            }
        }
        targets
    }
}
