//! Writes the members of one JSON object in a stream, opening and closing nested objects and arrays
//! as the wire paths of the table say.
//!
//! It never looks back: rows of one nested object must come one after another (a test of the table
//! holds this).

use super::json::write_string;

/// The deepest path of the table has fewer steps than this (a test of the table holds this).
pub(super) const MAX_STEPS: usize = 6;

/// A writer of the members of one object.
pub(super) struct Paths<'o> {
    pub(super) out: &'o mut String,
    open: [Open; MAX_STEPS],
    depth: usize,
    /// Nothing has been written yet into the innermost open container.
    fresh: bool,
}

#[derive(Clone, Copy)]
struct Open {
    name: &'static str,
    array: bool,
}

impl<'o> Paths<'o> {
    /// Continues an object that already has members: each piece begins with a comma.
    pub(super) fn after(out: &'o mut String) -> Self {
        Self { out, open: [Open { name: "", array: false }; MAX_STEPS], depth: 0, fresh: false }
    }

    /// Begins an object.
    pub(super) fn object(out: &'o mut String) -> Self {
        out.push('{');
        Self { fresh: true, ..Self::after(out) }
    }

    /// Writes everything that stands before the value at this path.
    pub(super) fn at(&mut self, path: &'static str) {
        if !path.contains('.') {
            self.close_to(0);
            return self.member(path);
        }
        let shared = self.shared(path);
        self.close_to(shared);
        let mut steps = path.split('.').skip(shared).peekable();
        while let Some(step) = steps.next() {
            self.member(step);
            if let Some(next) = steps.peek() {
                self.enter(step, is_index(next));
            }
        }
    }

    /// Writes the comma and the key of a member of this object that no row names.
    pub(super) fn at_key(&mut self, key: &str) {
        self.close_to(0);
        self.comma();
        write_string(key, self.out);
        self.out.push(':');
    }

    /// Closes all that is open inside this object.
    pub(super) fn close(mut self) {
        self.close_to(0);
    }

    /// Closes all that is open, and the object that [`Paths::object`] began.
    pub(super) fn close_object(mut self) {
        self.close_to(0);
        self.out.push('}');
    }

    /// How many of the open containers this path also runs through.
    fn shared(&self, path: &str) -> usize {
        let parents = path.rsplit_once('.').map_or("", |(parents, _)| parents);
        let open = self.open.iter().take(self.depth);
        open.zip(parents.split('.')).take_while(|(open, step)| open.name == *step).count()
    }

    fn close_to(&mut self, depth: usize) {
        while self.depth > depth {
            self.depth -= 1;
            self.out.push(if self.open[self.depth].array { ']' } else { '}' });
            self.fresh = false;
        }
    }

    fn enter(&mut self, name: &'static str, array: bool) {
        self.out.push(if array { '[' } else { '{' });
        self.open[self.depth] = Open { name, array };
        self.depth += 1;
        self.fresh = true;
    }

    fn comma(&mut self) {
        if !self.fresh {
            self.out.push(',');
        }
        self.fresh = false;
    }

    /// The names of the table are plain words and need no escaping.
    fn member(&mut self, name: &str) {
        self.comma();
        if !self.depth.checked_sub(1).is_some_and(|inner| self.open[inner].array) {
            self.out.push('"');
            self.out.push_str(name);
            self.out.push_str("\":");
        }
    }
}

/// Whether a step of a path is an index of an array.
fn is_index(step: &str) -> bool {
    step.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(paths: &[&'static str]) -> String {
        let mut out = String::new();
        let mut writer = Paths::after(&mut out);
        for path in paths {
            writer.at(path);
            writer.out.push('0');
        }
        writer.close();
        out
    }

    #[test]
    fn paths_that_share_steps_share_objects() {
        for (paths, json) in [
            (&["a", "b"][..], r#","a":0,"b":0"#),
            (&["a.b", "a.c", "d"], r#","a":{"b":0,"c":0},"d":0"#),
            (&["p.0.type", "p.0.params.text", "v"], r#","p":[{"type":0,"params":{"text":0}}],"v":0"#),
            (&["a.b.c", "a.d"], r#","a":{"b":{"c":0},"d":0}"#),
            (&[], ""),
        ] {
            assert_eq!(written(paths), json);
        }
    }
}
