//! What differs between two texts, line by line.

use serde::Serialize;
use similar::{ChangeTag, TextDiff};

/// How many equal lines are shown around a change.
const CONTEXT: usize = 2;

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It is in both texts.
    Same,
    /// It was expected and is not there.
    Missing,
    /// It is there and was not expected.
    New,
    /// Here lines that are in both texts are left out.
    Gap,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// What became of it.
    pub change: Change,
    /// The line.
    pub text: String,
}

/// The lines that differ, with some around them; none when the texts are equal.
#[must_use]
pub fn difference(expected: &str, came: &str) -> Vec<Changed> {
    let diff = TextDiff::from_lines(expected, came);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(CONTEXT) {
        if !lines.is_empty() {
            lines.push(Changed { change: Change::Gap, text: String::new() });
        }
        for change in group.iter().flat_map(|operation| diff.iter_changes(operation)) {
            let tag = match change.tag() {
                ChangeTag::Equal => Change::Same,
                ChangeTag::Delete => Change::Missing,
                ChangeTag::Insert => Change::New,
            };
            let text = change.to_string_lossy().trim_end_matches('\n').to_owned();
            lines.push(Changed { change: tag, text });
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_differ_stand_among_their_neighbours() {
        let before: String = (0..20).map(|n| format!("line {n}\n")).collect();
        let after = before.replace("line 3\n", "").replace("line 15\n", "line fifteen\n");
        let shown: Vec<_> = difference(&before, &after)
            .iter()
            .map(|line| format!("{:?} {}", line.change, line.text).trim_end().to_owned())
            .collect();
        assert_eq!(
            shown,
            [
                "Same line 1",
                "Same line 2",
                "Missing line 3",
                "Same line 4",
                "Same line 5",
                "Gap",
                "Same line 13",
                "Same line 14",
                "Missing line 15",
                "New line fifteen",
                "Same line 16",
                "Same line 17",
            ]
        );
        assert!(difference("same\n", "same\n").is_empty());
    }
}
