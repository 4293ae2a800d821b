//! The live calls of a session, found by `call_id`.

use std::rc::Rc;

use rustc_hash::FxHashMap;

/// `C` is whatever the layer above keeps for a call.
pub struct Registry<C> {
    by_id: FxHashMap<Rc<str>, Rc<C>>,
}

impl<C> Default for Registry<C> {
    fn default() -> Self {
        Self { by_id: FxHashMap::default() }
    }
}

impl<C> Registry<C> {
    /// Adds a call; an older one of the same id is handed back.
    pub fn insert(&mut self, id: Rc<str>, call: Rc<C>) -> Option<Rc<C>> {
        self.by_id.insert(id, call)
    }

    /// The call of this id.
    pub fn get(&self, id: &str) -> Option<&Rc<C>> {
        self.by_id.get(id)
    }

    /// Forgets a call.
    pub fn remove(&mut self, id: &str) -> Option<Rc<C>> {
        self.by_id.remove(id)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// All of them, in no order.
    pub fn all(&self) -> Vec<Rc<C>> {
        self.by_id.values().cloned().collect()
    }
}
