//! What scripts ran, as people read it: each file, and its lines that never ran.

use std::fmt::Write as _;

use crate::script::coverage::{Coverage, FileCoverage, Missed};

/// So many characters of a line are shown.
const WIDTH: usize = 60;

/// All files, each with what it missed; ended by a line about all of them together.
#[must_use]
pub fn listing(coverage: &Coverage) -> String {
    let mut text = String::from("coverage:\n");
    let width = coverage.files.keys().map(|path| path.chars().count()).max().unwrap_or_default();
    for (path, file) in &coverage.files {
        let (hit, found) = (file.lines_hit(), file.lines_found());
        let _ = writeln!(text, "  {path:width$}  {:>6}  {hit} of {found} lines", shown(hit, found));
        let missed = file.missed();
        let rows: Vec<_> = missed.iter().map(row).collect();
        let width = rows.iter().map(String::len).max().unwrap_or_default();
        for (missed, row) in missed.iter().zip(rows) {
            let _ = writeln!(text, "      {row:>width$}  {}", excerpt(file, missed));
        }
    }
    let sum = |count: fn(&FileCoverage) -> usize| coverage.files.values().map(count).sum::<usize>();
    let (hit, found) = (sum(FileCoverage::lines_hit), sum(FileCoverage::lines_found));
    let _ = writeln!(text, "  {} of {found} lines ran", shown(hit, found));
    text
}

/// Rounded down: all of it is shown only when all of it ran.
fn shown(hit: usize, found: usize) -> String {
    let tenths = (hit * 1000).checked_div(found).unwrap_or(1000);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

fn row(missed: &Missed) -> String {
    match *missed {
        Missed { first, last } if first == last => first.to_string(),
        Missed { first, last } => format!("{first}-{last}"),
    }
}

fn excerpt(file: &FileCoverage, missed: &Missed) -> String {
    let line = file.line(missed.first);
    match line.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn files_are_listed_with_what_they_missed() {
        let text = "a();\n  if b {\n    call.say(\"a text that is too long to be shown in full, whatever the width\");\n  c();\n}\nd();\n";
        let file = |lines: &[(usize, u64)]| FileCoverage {
            text: text.to_owned(),
            lines: lines.iter().copied().collect(),
            functions: BTreeMap::new(),
        };
        let files = [
            ("s/a.rhai", file(&[(1, 1), (2, 1), (3, 0), (4, 0), (6, 0)])),
            ("s/longer.rhai", file(&[(1, 1)])),
            ("x", file(&[(1, 0), (2, 9), (6, 0)])),
            ("y", file(&[])),
        ];
        let files = files.map(|(path, file)| (path.to_owned(), file)).into();
        let expected = "\
coverage:
  s/a.rhai        40.0%  2 of 5 lines
      3-6  call.say(\"a text that is too long to be shown in full, whate…
  s/longer.rhai  100.0%  1 of 1 lines
  x               33.3%  1 of 3 lines
      1  a();
      6  d();
  y              100.0%  0 of 0 lines
  44.4% of 9 lines ran
";
        assert_eq!(listing(&Coverage { files }), expected);
        let almost = (1..=3000).map(|line| (line, u64::from(line > 1))).collect::<Vec<_>>();
        let files = BTreeMap::from([("a".to_owned(), file(&almost))]);
        assert!(listing(&Coverage { files }).contains(" 99.9%  2999 of 3000 lines\n"));
    }
}
