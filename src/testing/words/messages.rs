//! `sms`: messages that scripts sent, and messages that arrive for them.

use std::rc::Rc;

use rhai::{Array, Dynamic, Map};

use super::arguments::Arguments;
use super::registry::Registry;
use crate::script::fault::Answer;
use crate::sim::{InboundMessage, What};
use crate::testing::Happened;
use crate::testing::failure::rounded;
use crate::testing::scene::Scene;

/// `sms` in a test.
#[derive(Clone, Copy)]
pub struct Sms;

pub(super) fn register(registry: &mut Registry<'_>) {
    registry.property::<Sms>("sent", sent);
    registry.method::<Sms>("arrives", 1..=1, arrives);
}

fn sent(scene: &Rc<Scene>, _: &mut Arguments<'_, '_>) -> Answer {
    let world = scene.world();
    let messages = world.story().iter().filter_map(|entry| match &entry.what {
        Happened::Seen(What::Message { direction: "outbound", from, to, body, .. }) => {
            let mut map = Map::new();
            for (name, value) in [("from", from), ("to", to), ("body", body)] {
                map.insert(name.into(), value.as_str().into());
            }
            map.insert("at".into(), rounded(entry.at).into());
            Some(map.into())
        }
        _ => None,
    });
    Ok(messages.collect::<Array>().into())
}

fn arrives(scene: &Rc<Scene>, arguments: &mut Arguments<'_, '_>) -> Answer {
    let given = arguments.map(1, &["from", "to", "context", "body"])?;
    let message = InboundMessage {
        from: given.text("from")?,
        to: given.text("to")?,
        context: given.text("context")?,
        body: given.text("body")?,
        ..InboundMessage::default()
    };
    scene.act(|world| world.message(message));
    Ok(Dynamic::UNIT)
}
