//! Draws a diagnostic for people, by annotate-snippets.
//!
//! It never trusts a position: one that is missing or past the end of the text still renders.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Frame, Severity, mask_cards};
use crate::script::sources::Source;

const WIDTH: usize = 140;

pub(super) fn render(diagnostic: &Diagnostic, sources: &[Source], styled: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(&diagnostic.message).id(diagnostic.code));
    let line = source_line(sources, &diagnostic.file, diagnostic.line).map(mask_cards);
    group = match &line {
        Some(line) => group.element(
            Snippet::source(line.as_str())
                .line_start(diagnostic.line)
                .path(&diagnostic.file)
                .annotation(AnnotationKind::Primary.span(byte_span(line, diagnostic))),
        ),
        None => group.element(origin(diagnostic)),
    };
    group = group.elements(diagnostic.stack.iter().map(|frame| Level::NOTE.message(describe(frame))));
    if let Some(hint) = &diagnostic.hint {
        group = group.element(Level::HELP.with_name("hint").message(hint));
    }
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    renderer.decor_style(DecorStyle::Ascii).term_width(WIDTH).render(&[group])
}

fn origin(diagnostic: &Diagnostic) -> Origin<'_> {
    let origin = Origin::path(&diagnostic.file);
    match (diagnostic.line, diagnostic.column) {
        (0, _) => origin,
        (line, 0) => origin.line(line),
        (line, column) => origin.line(line).char_column(column),
    }
}

fn describe(frame: &Frame) -> String {
    match frame {
        Frame { function, line: 0, .. } => format!("in {function}"),
        Frame { function, file, line, column } => {
            format!("in {function}, called at {file}:{line}:{column}")
        }
    }
}

fn source_line<'a>(sources: &'a [Source], file: &str, line: usize) -> Option<&'a str> {
    sources.iter().find(|source| source.path == file).and_then(|source| line_of(&source.text, line))
}

/// A line of a text, from 1, without its line feed.
pub(super) fn line_of(text: &str, line: usize) -> Option<&str> {
    let found = text.split('\n').nth(line.checked_sub(1)?)?;
    Some(found.strip_suffix('\r').unwrap_or(found))
}

/// The part of a line from a column (in characters, from 1) on; empty past its end.
pub(super) fn from_column(line: &str, column: usize) -> &str {
    let start = line.char_indices().nth(column.saturating_sub(1)).map_or(line.len(), |(i, _)| i);
    &line[start..]
}

fn byte_span(line: &str, diagnostic: &Diagnostic) -> std::ops::Range<usize> {
    let rest = from_column(line, diagnostic.column);
    let start = line.len() - rest.len();
    let meant = rest.chars().take(diagnostic.length.max(1)).map(char::len_utf8).sum::<usize>();
    start..start + meant
}

/// How many characters the word, number or string at a position has; 1 for any other sign.
pub(super) fn token_length(text: &str, line: usize, column: usize) -> usize {
    let Some(rest) = line_of(text, line).map(|line| from_column(line, column)) else { return 0 };
    let first = rest.chars().next();
    match first {
        Some(quote @ ('"' | '`')) => string_length(rest, quote),
        Some(c) if is_word(c) => rest.chars().take_while(|c| is_word(*c)).count(),
        Some(_) => 1,
        None => 0,
    }
}

fn string_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (i, c) in rest.chars().enumerate().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return i + 1,
            _ => {}
        }
    }
    1
}

/// Whether a character may stand in a name.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
