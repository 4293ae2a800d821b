//! Draws a diagnostic for people, by annotate-snippets.
//!
//! It never trusts a position: one that is missing or past the end of the text still renders.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Frame, Severity, mask_cards};
use crate::script::place::Place;
use crate::script::sources::Source;

const WIDTH: usize = 140;

pub(super) fn render(diagnostic: &Diagnostic, sources: &[Source], styled: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(&diagnostic.message).id(diagnostic.code));
    let line = source_line(sources, &diagnostic.file, diagnostic.line).map(mask_cards);
    let place = (diagnostic.file.as_str(), diagnostic.line, diagnostic.column);
    group = show(group, line.as_deref(), place, diagnostic.length);
    group = group.elements(diagnostic.stack.iter().map(|frame| Level::NOTE.message(describe(frame))));
    if let Some(hint) = &diagnostic.hint {
        group = group.element(Level::HELP.with_name("hint").message(hint));
    }
    draw(group, styled)
}

pub(super) fn excerpt(sources: &[Source], place: &Place) -> String {
    let Place { file, line, column } = place;
    let text = source_line(sources, file, *line).map(mask_cards);
    let length = text.as_deref().map_or(0, |text| token_length(text, 1, *column));
    draw(show(Group::with_level(Level::NOTE), text.as_deref(), (file, *line, *column), length), false)
}

fn draw(group: Group<'_>, styled: bool) -> String {
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    renderer.decor_style(DecorStyle::Ascii).term_width(WIDTH).render(&[group])
}

/// Adds a place (file, line, column): with its line where that is known, `length` characters marked.
fn show<'a>(
    group: Group<'a>,
    text: Option<&'a str>,
    place: (&'a str, usize, usize),
    length: usize,
) -> Group<'a> {
    let (file, line, column) = place;
    match text {
        Some(text) => group.element(
            Snippet::source(text)
                .line_start(line)
                .path(file)
                .annotation(AnnotationKind::Primary.span(byte_span(text, column, length))),
        ),
        None => group.element(origin(place)),
    }
}

fn origin((file, line, column): (&str, usize, usize)) -> Origin<'_> {
    let origin = Origin::path(file);
    match (line, column) {
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

pub(super) fn source_line<'a>(sources: &'a [Source], file: &str, line: usize) -> Option<&'a str> {
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

fn byte_span(line: &str, column: usize, length: usize) -> std::ops::Range<usize> {
    let rest = from_column(line, column);
    let start = line.len() - rest.len();
    let meant = rest.chars().take(length.max(1)).map(char::len_utf8).sum::<usize>();
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
