//! One value of a script, checked against its kind and written as JSON.
//!
//! Checking is writing: there is no second set of rules. What was written before an error is
//! thrown away by whoever asked.

use rhai::Dynamic;

use super::args::ArgError;
use super::json::{write_map, write_string};
use super::place::{Place, short};
use super::table::Kind;
use super::text::check_text;
use super::view::{View, view};
use super::{devices, json, media, rows};
use crate::script::suggest::did_you_mean;

/// Writes the value that stands at this place.
pub(super) fn write_value(
    at: &Place<'_>,
    kind: &Kind,
    value: &Dynamic,
    out: &mut String,
) -> Result<(), ArgError> {
    at.within_depth()?;
    match kind {
        Kind::Media => media::write(at, value, out),
        Kind::Device(types) => devices::write_device(at, types, value, out),
        Kind::Devices => devices::write_devices(at, value, out),
        Kind::List(item) => write_list(at, item, value, out),
        Kind::Either(kinds) => write_either(at, kinds, value, out),
        Kind::Any => json::write(at, value, out),
        _ => write_plain(at, kind, &view(value), out),
    }
}

fn write_plain(at: &Place<'_>, kind: &Kind, came: &View<'_>, out: &mut String) -> Result<(), ArgError> {
    match (kind, came) {
        (Kind::Flag, View::Flag(flag)) => out.push_str(if *flag { "true" } else { "false" }),
        (Kind::Int { min, max }, _) => return write_whole(at, kind, came, *min..=*max, out),
        (Kind::Number { min, max, .. }, _) => match came.number() {
            Some(number) if in_range(number, *min, *max) => came.write_number(out),
            Some(_) => return Err(out_of_range(at, kind, &came.came())),
            None => return Err(at.must_be(&describe(kind), came)),
        },
        (Kind::Map(rows) | Kind::Spread(rows), View::Map(map)) => return rows::write_map(at, rows, map, out),
        (Kind::Object, View::Map(map)) => return write_map(at, map, out),
        (Kind::Words(words), _) => return write_words(at, words, came, out),
        (Kind::Pairs, _) => return write_pairs(at, came, out),
        (Kind::AsText(inner), _) => return write_as_text(at, inner, came, out),
        (Kind::Flag | Kind::Map(_) | Kind::Spread(_) | Kind::Object, _) => {
            return Err(at.must_be(&describe(kind), came));
        }
        _ => return write_text(at, kind, came, out),
    }
    Ok(())
}

fn write_text(at: &Place<'_>, kind: &Kind, came: &View<'_>, out: &mut String) -> Result<(), ArgError> {
    match came.text() {
        Some(text) => {
            check_text(at, kind, &text)?;
            write_string(&text, out);
            Ok(())
        }
        None if matches!(kind, Kind::Secret | Kind::Digits | Kind::Keys) => {
            Err(at.must_be_untold(&describe(kind), came))
        }
        None => Err(at.must_be(&describe(kind), came)),
    }
}

fn write_as_text(at: &Place<'_>, inner: &Kind, came: &View<'_>, out: &mut String) -> Result<(), ArgError> {
    let text = match (inner, came.whole()) {
        (Kind::Int { .. }, Some(whole)) => Some(whole.to_string().into()),
        _ => came.as_text(),
    };
    let Some(text) = text else {
        return Err(at.must_be(&describe(inner), came));
    };
    check_text(at, inner, &text)?;
    write_string(&text, out);
    Ok(())
}

fn write_whole(
    at: &Place<'_>,
    kind: &Kind,
    came: &View<'_>,
    range: std::ops::RangeInclusive<i64>,
    out: &mut String,
) -> Result<(), ArgError> {
    match came.whole() {
        Some(whole) if range.contains(&whole) => View::Int(whole).write_number(out),
        Some(_) => return Err(out_of_range(at, kind, &came.came())),
        None => return Err(at.must_be(&describe(kind), came)),
    }
    Ok(())
}

fn write_list(at: &Place<'_>, kind: &Kind, value: &Dynamic, out: &mut String) -> Result<(), ArgError> {
    out.push('[');
    if let View::List(items) = view(value) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            write_value(&at.item(index), kind, item, out)?;
        }
    } else {
        write_value(at, kind, value, out)?;
    }
    out.push(']');
    Ok(())
}

/// The first kind that takes the value writes it.
fn write_either(at: &Place<'_>, kinds: &[Kind], value: &Dynamic, out: &mut String) -> Result<(), ArgError> {
    let start = out.len();
    for kind in kinds {
        if write_value(at, kind, value, out).is_ok() {
            return Ok(());
        }
        out.truncate(start);
    }
    let expected: Vec<String> = kinds.iter().map(describe).collect();
    Err(at.must_be(&expected.join(" or "), &view(value)))
}

fn write_words(at: &Place<'_>, words: &[&str], came: &View<'_>, out: &mut String) -> Result<(), ArgError> {
    let given: Vec<String> = match came {
        View::List(items) => {
            let texts = items.iter().map(|item| view(item).text().map(Into::into));
            texts.collect::<Option<_>>().ok_or_else(|| at.error("must be an array of words only"))?
        }
        _ => match came.text() {
            Some(text) => text.split([' ', ',']).filter(|word| !word.is_empty()).map(Into::into).collect(),
            None => return Err(at.must_be(&describe(&Kind::Words(&[])), came)),
        },
    };
    if let Some(stranger) = given.iter().find(|word| !words.contains(&word.as_str())) {
        let known = words.join(", ");
        let mut error = at.error(&format!("must be some of {known}, got \"{}\"", short(stranger)));
        error.hint = did_you_mean(stranger, words.iter().copied());
        return Err(error);
    }
    write_string(&given.join(" "), out);
    Ok(())
}

fn write_pairs(at: &Place<'_>, came: &View<'_>, out: &mut String) -> Result<(), ArgError> {
    out.push('[');
    match came {
        View::Map(map) => {
            for (index, (name, value)) in map.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str("{\"name\":");
                write_string(name, out);
                out.push_str(",\"value\":");
                write_as_text(&at.key(name), &Kind::Text, &view(value), out)?;
                out.push('}');
            }
        }
        View::List(items) => {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(&at.item(index), &Kind::Map(rows::PAIR), item, out)?;
            }
        }
        _ => return Err(at.must_be(&describe(&Kind::Pairs), came)),
    }
    out.push(']');
    Ok(())
}

/// Whether a number lies in a range, bounds included.
pub(super) fn in_range(number: f64, min: f64, max: f64) -> bool {
    min <= number && number <= max
}

/// A number of the right type, but too small or too large.
pub(super) fn out_of_range(at: &Place<'_>, kind: &Kind, came: &str) -> ArgError {
    at.error(&format!("must be {}, got {came}", range(kind)))
}

fn range(kind: &Kind) -> String {
    match kind {
        Kind::Int { min, max: i64::MAX } => format!("at least {min}"),
        Kind::Int { min, max } => format!("between {min} and {max}"),
        Kind::Number { min, max, unit } if max.is_infinite() => {
            format!("at least {min} {unit}").trim_end().into()
        }
        Kind::Number { min, max, unit } => format!("between {min} and {max} {unit}").trim_end().into(),
        _ => String::new(),
    }
}

fn ranged(what: &str, kind: &Kind) -> String {
    let range = range(kind);
    let of = if range.starts_with("at least") { "of " } else { "" };
    format!("{what} {of}{range}")
}

/// What a kind expects, as it stands in "must be …".
pub(super) fn describe(kind: &Kind) -> String {
    let fixed = match kind {
        Kind::Text | Kind::Secret => "text",
        Kind::Flag => "true or false",
        Kind::Int { .. } => return ranged("a whole number", kind),
        Kind::Number { .. } => return ranged("a number", kind),
        Kind::Choice(words) => return format!("one of {}", words.join(", ")),
        Kind::Words(_) => "words with spaces or commas between",
        Kind::Digits => "text of 0-9 * # A-D and w for pauses",
        Kind::Keys => "text of 0-9 * # A-D",
        Kind::Phone => "a telephone number such as \"+15551234567\"",
        Kind::Url(schemes) => return format!("a URL with {}", schemes.join(" or ")),
        Kind::Media => "text, a media map or an array of them",
        Kind::Device(_) => "a device: a map, a telephone number or a SIP address",
        Kind::Devices => "devices: a map, a telephone number, a SIP address or an array of them",
        Kind::Map(_) | Kind::Spread(_) | Kind::Object => "a map",
        Kind::List(item) => return format!("an array, each item {}", describe(item)),
        Kind::Pairs => "a map, or an array of #{name, value}",
        Kind::Money => "an amount without sign such as \"29.99\"",
        Kind::Currency => "a currency of three letters such as \"USD\"",
        Kind::AsText(inner) => return describe(inner),
        Kind::Either(kinds) => return kinds.iter().map(describe).collect::<Vec<_>>().join(" or "),
        Kind::Any => "a value that JSON can carry",
    };
    fixed.into()
}
