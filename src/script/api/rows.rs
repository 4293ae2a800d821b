//! Writes maps with known keys: walks the rows of the table in their order, looks each up among what
//! the script gave, and only when something is left over looks for what that is.
//!
//! It never copies a map and never builds a tree.

use rhai::{Dynamic, Map};

use super::args::ArgError;
use super::convert::write_value;
use super::json;
use super::paths::Paths;
use super::place::{Place, short};
use super::table::{Kind, Param};
use super::text::check_places;
use super::verbs::base::req;
use super::view::{View, view};
use crate::script::suggest::did_you_mean;

/// Rows of one `{name, value}` pair.
pub(super) const PAIR: &[Param] =
    &[req("name", "name", Kind::Text, "name"), req("value", "value", Kind::AsText(&Kind::Text), "value")];

/// What the script gave: positional arguments by their names, and a map.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) names: &'a [&'static str],
    pub(super) args: &'a [&'a Dynamic],
    pub(super) map: Option<&'a Map>,
}

impl<'a> Given<'a> {
    fn only(map: &'a Map) -> Self {
        Self { names: &[], args: &[], map: Some(map) }
    }

    fn positional(&self, name: &str) -> Option<&'a Dynamic> {
        self.names.iter().zip(self.args).find(|(known, _)| **known == name).map(|(_, value)| *value)
    }

    pub(super) fn named(&self, name: &str) -> Option<&'a Dynamic> {
        self.map.and_then(|map| map.get(name))
    }

    /// The value of this name; `()` is as good as none.
    pub(super) fn value(&self, name: &str) -> Option<&'a Dynamic> {
        self.positional(name).or_else(|| self.named(name)).filter(|value| is_given(value))
    }
}

fn is_given(value: &Dynamic) -> bool {
    !matches!(view(value), View::Unit)
}

/// Writes all rows; tells how many keys of the map they took.
pub(super) fn write_rows(
    at: &Place<'_>,
    rows: &'static [Param],
    given: Given<'_>,
    paths: &mut Paths<'_>,
) -> Result<usize, ArgError> {
    let mut taken = 0;
    for row in rows {
        let positional = given.positional(row.name);
        let named = if positional.is_none() { given.named(row.name) } else { None };
        taken += usize::from(named.is_some());
        match (positional.or(named).filter(|value| is_given(value)), &row.kind) {
            (Some(value), _) => write_row(&at.key(row.name), row, value, given, paths)?,
            (None, Kind::Spread(inner)) => taken += write_spread(at, row, inner, given, paths)?,
            (None, _) if row.required => return Err(at.error(&format!("needs {}", row.name))),
            (None, _) => {}
        }
    }
    Ok(taken)
}

fn write_row(
    at: &Place<'_>,
    row: &'static Param,
    value: &Dynamic,
    given: Given<'_>,
    paths: &mut Paths<'_>,
) -> Result<(), ArgError> {
    if row.wire.is_empty() {
        return write_value(at, &row.kind, value, &mut String::new());
    }
    paths.at(row.wire);
    write_value(at, &row.kind, value, paths.out)?;
    if let (Kind::AsText(Kind::Money), Some(amount)) = (&row.kind, view(value).as_text()) {
        let currency = given.value("currency").map(view);
        check_places(at, &amount, currency.as_ref().and_then(View::as_text).as_deref())?;
    }
    Ok(())
}

/// The keys of a map that was left out stand beside it.
fn write_spread(
    at: &Place<'_>,
    row: &'static Param,
    inner: &'static [Param],
    given: Given<'_>,
    paths: &mut Paths<'_>,
) -> Result<usize, ArgError> {
    paths.at(row.wire);
    let mut object = Paths::object(paths.out);
    let taken = write_rows(at, inner, given, &mut object)?;
    object.close_object();
    Ok(taken)
}

/// Writes a map with known keys as an object.
pub(super) fn write_map(
    at: &Place<'_>,
    rows: &'static [Param],
    map: &Map,
    out: &mut String,
) -> Result<(), ArgError> {
    let given = Given::only(map);
    let mut object = Paths::object(out);
    let written = write_rows(at, rows, given, &mut object);
    let mut taken = written.map_err(|error| misspelt(at, rows, &["extra"], given).unwrap_or(error))?;
    taken += write_extra(at, rows, &[], given, &mut object)?;
    object.close_object();
    if taken < map.len() { Err(left_over(at, rows, &["extra"], given)) } else { Ok(()) }
}

/// Writes the keys of `extra`, which no row knows; tells whether there is one.
pub(super) fn write_extra(
    at: &Place<'_>,
    rows: &'static [Param],
    reserved: &[&str],
    given: Given<'_>,
    paths: &mut Paths<'_>,
) -> Result<usize, ArgError> {
    let Some(extra) = given.named("extra") else {
        return Ok(0);
    };
    let at = at.key("extra");
    match view(extra) {
        View::Unit => {}
        View::Map(map) => {
            for (key, value) in map.iter() {
                if reserved.contains(&key.as_str()) || rows.iter().any(|row| is_written(row, key, given)) {
                    return Err(at.error(&format!("has \"{}\", which is already set", short(key))));
                }
                paths.at_key(key);
                json::write(&at.key(key), value, paths.out)?;
            }
        }
        other => return Err(at.must_be("a map", &other)),
    }
    Ok(1)
}

/// Whether a row writes a member of this name.
fn is_written(row: &Param, key: &str, given: Given<'_>) -> bool {
    head(row.wire) == key && (matches!(row.kind, Kind::Spread(_)) || given.value(row.name).is_some())
}

/// The first step of a wire path.
pub(super) fn head(path: &str) -> &str {
    path.split('.').next().unwrap_or(path)
}

/// The error about the keys that no row took.
pub(super) fn left_over(at: &Place<'_>, rows: &[Param], host: &[&str], given: Given<'_>) -> ArgError {
    let keys = || given.map.into_iter().flat_map(Map::keys);
    if let Some(twice) = keys().find(|key| given.positional(key).is_some()) {
        return at.error(&format!("{} is given twice", short(twice)));
    }
    misspelt(at, rows, host, given)
        .or_else(|| keys().find_map(|key| beside(at, rows, key)))
        .unwrap_or_else(|| at.error("has an option that cannot be told apart"))
}

/// The error about the first unknown key. It comes before others: a misspelt option is also missing.
pub(super) fn misspelt(at: &Place<'_>, rows: &[Param], host: &[&str], given: Given<'_>) -> Option<ArgError> {
    given.map.into_iter().flat_map(Map::keys).find_map(|key| unknown(at, rows, host, key))
}

/// The error about this key, unless it is known.
pub(super) fn unknown(at: &Place<'_>, rows: &[Param], host: &[&str], key: &str) -> Option<ArgError> {
    let names = rows.iter().flat_map(|row| match &row.kind {
        Kind::Spread(inner) => std::slice::from_ref(row).iter().chain(inner.iter()),
        _ => std::slice::from_ref(row).iter().chain(&[]),
    });
    let known: Vec<&str> = names.map(|row| row.name).chain(host.iter().copied()).collect();
    if known.contains(&key) {
        return None;
    }
    let unknown = if at.is_root() { "unknown option" } else { "has an unknown option" };
    let mut error = at.error(&format!("{unknown} \"{}\"", short(key)));
    let wire =
        rows.iter().find(|row| row.wire == key).map(|row| format!("here it is called \"{}\"", row.name));
    error.hint = wire.or_else(|| did_you_mean(key, known));
    Some(error)
}

/// The error about a short form's key that stands beside the long form.
fn beside(at: &Place<'_>, rows: &[Param], key: &str) -> Option<ArgError> {
    let row = rows.iter().find(
        |row| matches!(&row.kind, Kind::Spread(inner) if inner.iter().any(|inner| inner.name == key)),
    )?;
    let mut error = at.error(&format!("{} stands beside {}", short(key), row.name));
    error.hint = Some(format!("put {} into {}", short(key), row.name));
    Some(error)
}
