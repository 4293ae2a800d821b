//! Syntax errors in plain words: what Rhai's parser says, and what was probably meant.
//!
//! It reads the text around the fault; it never parses.

use rhai::{LexError, ParseError, ParseErrorType, Position};

use super::render::{from_column, is_word, line_of};
use super::{Diagnostic, closest};

/// Words that Rhai keeps for its own statements; they cannot be names or bare keys.
const KEYWORDS: &[&str] = &[
    "let",
    "const",
    "if",
    "else",
    "switch",
    "do",
    "while",
    "until",
    "loop",
    "for",
    "in",
    "continue",
    "break",
    "return",
    "throw",
    "try",
    "catch",
    "import",
    "export",
    "as",
    "fn",
    "private",
    "true",
    "false",
    "this",
    "is",
    "eval",
    "var",
    "null",
    "nil",
    "void",
    "use",
    "case",
    "async",
    "public",
    "package",
    "super",
    "protected",
    "shared",
    "sync",
    "static",
    "thread",
    "yield",
    "await",
    "with",
];

type Words = (&'static str, String, Option<String>);

impl Diagnostic {
    /// A syntax error of one file; `known` are names that a misspelt variable or module may mean.
    #[must_use]
    pub fn from_parse(error: &ParseError, file: &str, text: &str, known: &[&str]) -> Self {
        let position = place(error, text);
        let (code, message, hint) = reserved_word(error, text)
            .or_else(|| unknown_name(error.err_type(), text, error.position(), known))
            .or_else(|| foreign_syntax(error.err_type(), text, error.position()))
            .unwrap_or_else(|| ("syntax", plain(error.err_type()), missing(error, text)));
        Self::error(code, file, message).at(position, text).hinted(hint)
    }
}

/// Where to point: a missing `;` is missing after the last text before the next line.
fn place(error: &ParseError, text: &str) -> Position {
    let position = error.position();
    let Some(line) = position.line().filter(|_| misses(error, ";")) else { return position };
    let column = position.position().unwrap_or(1);
    let before = line_of(text, line).map_or("", |l| &l[..l.len() - from_column(l, column).len()]);
    if !before.trim().is_empty() {
        return position;
    }
    let ends = (1..line).rev().filter_map(|number| Some((number, code_of(line_of(text, number)?))));
    let last = ends.filter(|(_, code)| !code.is_empty()).map(|(number, code)| (number, code.chars().count()));
    match last.take(1).next().map(|(number, columns)| (u16::try_from(number), u16::try_from(columns))) {
        Some((Ok(line), Ok(column))) => Position::new(line, column),
        _ => position,
    }
}

/// A line without what follows `//`, unless a string may hold it.
fn code_of(line: &str) -> &str {
    let code = match line.find("//") {
        Some(at) if !line[at..].contains(['"', '`']) => &line[..at],
        _ => line,
    };
    code.trim_end()
}

fn misses(error: &ParseError, token: &str) -> bool {
    matches!(error.err_type(), ParseErrorType::MissingToken(missing, _) if missing == token)
}

fn rest_at(text: &str, position: Position) -> &str {
    let line = position.line().and_then(|line| line_of(text, line)).unwrap_or("");
    from_column(line, position.position().unwrap_or(1))
}

fn word_at(text: &str, position: Position) -> &str {
    let rest = rest_at(text, position);
    &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())]
}

fn before(text: &str, position: Position) -> &str {
    let line = position.line().and_then(|line| line_of(text, line)).unwrap_or("");
    &line[..line.len() - rest_at(text, position).len()]
}

fn reserved_word(error: &ParseError, text: &str) -> Option<Words> {
    use ParseErrorType::{BadInput, MissingToken, PropertyExpected, Reserved, VariableExpected};
    let kind = error.err_type();
    // A word that is switched off is a bad symbol to the tokenizer.
    let switched_off = matches!(kind, BadInput(LexError::ImproperSymbol(..)));
    if !switched_off && !matches!(kind, MissingToken(..) | PropertyExpected | Reserved(_) | VariableExpected)
    {
        return None;
    }
    let word = word_at(text, error.position());
    if !KEYWORDS.contains(&word) {
        return None;
    }
    let message = |what: &str| format!("`{word}` is a reserved word and cannot be {what}");
    let rest = &rest_at(text, error.position())[word.len()..];
    if rest.trim_start().starts_with(':') {
        let hint = format!("write the key in quotes: \"{word}\"");
        return Some(("reserved-word", message("a bare key"), Some(hint)));
    }
    if matches!(kind, PropertyExpected) && before(text, error.position()).trim_end().ends_with(['.', '?']) {
        let hint = format!("write [\"{word}\"] in place of .{word}");
        return Some(("reserved-word", message("a property name"), Some(hint)));
    }
    match kind {
        Reserved(_) | BadInput(_) => {
            Some(("reserved-word", format!("`{word}` is a reserved word"), Some(instead(word))))
        }
        VariableExpected => {
            Some(("reserved-word", message("a variable name"), Some("choose another name".into())))
        }
        _ => None,
    }
}

fn instead(word: &str) -> String {
    match word {
        "null" | "nil" | "void" => "the empty value is written ()".into(),
        "var" => "variables are declared with let".into(),
        "eval" => "eval is switched off; call a function instead".into(),
        "async" | "await" => "leave it out: verbs and wait() already wait".into(),
        _ => "choose another name".into(),
    }
}

fn unknown_name(kind: &ParseErrorType, text: &str, position: Position, known: &[&str]) -> Option<Words> {
    match kind {
        ParseErrorType::VariableUndefined(name) => {
            let message = format!("unknown variable `{name}`");
            Some(("unknown-variable", message, variable_hint(name, text, position, known)))
        }
        ParseErrorType::ModuleUndefined(name) => {
            let hint = match closest(name, known.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("import it above this line: import \"{name}\" as {name};"),
            };
            Some(("unknown-module", format!("unknown module `{name}`"), Some(hint)))
        }
        _ => None,
    }
}

fn variable_hint(name: &str, text: &str, position: Position, known: &[&str]) -> Option<String> {
    let rest = rest_at(text, position).strip_prefix(name).unwrap_or("").trim_start();
    let before = before(text, position).trim_end();
    if rest.starts_with(':') && before.ends_with(['{', ',']) {
        return Some("a map is written #{ … }".into());
    }
    match name {
        "function" | "def" | "func" => return Some("functions are declared with fn".into()),
        "not" => return Some("not is written !".into()),
        "undefined" | "None" => return Some("the empty value is written ()".into()),
        _ => {}
    }
    if known.contains(&name) {
        return Some("declare it above; functions see only their parameters and global:: constants".into());
    }
    closest(name, known.iter().copied()).map(|meant| format!("did you mean `{meant}`?"))
}

/// Habits from other languages.
fn foreign_syntax(kind: &ParseErrorType, text: &str, position: Position) -> Option<Words> {
    let (message, hint) = match kind {
        ParseErrorType::BadInput(LexError::ImproperSymbol(sign, _)) if sign == "=" => {
            ("`=` stands where a comparison was expected".into(), "`=` assigns, `==` compares".into())
        }
        ParseErrorType::BadInput(LexError::ImproperSymbol(sign, told)) if !told.is_empty() => {
            (format!("unexpected `{sign}`"), lowercase(told))
        }
        ParseErrorType::BadInput(LexError::MalformedChar(_)) => {
            ("single quotes hold exactly one character".into(), "write strings in double quotes".into())
        }
        ParseErrorType::BadInput(LexError::UnexpectedInput(sign)) if sign == "fn" => {
            ("unexpected `fn`".into(), "a function without a name is written |x| …".into())
        }
        ParseErrorType::UnknownOperator(sign) if sign == "++" || sign == "--" => {
            (format!("unknown operator `{sign}`"), format!("write {}= 1", &sign[..1]))
        }
        ParseErrorType::MissingToken(..) => match word_at(text, position) {
            "and" => ("unexpected `and`".into(), "and is written &&".to_owned()),
            "or" => ("unexpected `or`".into(), "or is written ||".into()),
            _ => return None,
        },
        _ => return None,
    };
    Some(("syntax", message, Some(hint)))
}

fn plain(kind: &ParseErrorType) -> String {
    match kind {
        ParseErrorType::MissingToken(token, what) => format!("expected `{token}` {what}"),
        ParseErrorType::BadInput(LexError::UnterminatedString) => "the string is not closed".into(),
        ParseErrorType::UnexpectedEOF => "the script ends in the middle of a statement".into(),
        ParseErrorType::ExprTooDeep => "this is nested too deeply".into(),
        other => lowercase(&other.to_string()),
    }
}

fn missing(error: &ParseError, text: &str) -> Option<String> {
    let next = rest_at(text, error.position()).chars().next();
    match error.err_type() {
        ParseErrorType::MissingToken(token, _) if token == ";" => Some("put a `;` between statements".into()),
        ParseErrorType::MissingToken(token, what) if token == "}" && what.contains("object map") => {
            match next {
                Some(';') => Some("the items of a map are separated by `,`".into()),
                Some(c) if c.is_ascii_digit() => Some("keys are names or strings: write it in quotes".into()),
                Some('"' | '`') => Some("put a `,` between the items of a map".into()),
                _ => None,
            }
        }
        ParseErrorType::BadInput(LexError::UnterminatedString) => {
            Some("close it with the same quote; strings over several lines are written in backticks".into())
        }
        ParseErrorType::ExprTooDeep => Some("split it: give parts of it a name with let".into()),
        _ => None,
    }
}

/// The first letter made small, unless a shouted word begins the text.
pub(super) fn lowercase(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), second) if !second.is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}
