//! `calling.send_fax` and `calling.receive_fax`: page after page, then the end.
//!
//! Never reads or makes a document.

use super::action::{Act, Work, unknown_command};
use super::frames::{Failure, fields};
use super::params::Params;
use super::timing;
use serde_json::{Value, json};

/// The state of a fax.
#[derive(Debug)]
pub(super) struct Faxing {
    sends: bool,
    document: String,
    identity: String,
    /// The pages that are over, and all of them.
    pages: u32,
    all: u32,
}

impl Faxing {
    pub(super) fn send(params: Params<'_>) -> Result<Self, Failure> {
        let identity = params.optional_text("identity")?.unwrap_or_default().to_owned();
        Ok(Self { document: params.text("document")?.to_owned(), identity, sends: true, ..Self::receive() })
    }

    pub(super) fn receive() -> Self {
        Self { sends: false, document: String::new(), identity: String::new(), pages: 0, all: 1 }
    }

    fn event(&self, act: &mut Act<'_, '_>, kind: &str, params: Value) {
        let mut params = fields(params);
        params.insert("direction".into(), if self.sends { "send" } else { "receive" }.into());
        act.event("calling.call.fax", json!({"fax": {"type": kind, "params": params}}));
    }

    /// A host below `.invalid` exists nowhere: its document cannot be fetched.
    fn is_out_of_reach(&self) -> bool {
        let rest = self.document.split_once("://").map_or("", |(_, rest)| rest);
        let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
        host.to_ascii_lowercase().ends_with(".invalid")
    }

    fn finish(&mut self, act: &mut Act<'_, '_>, success: bool) {
        if !self.sends && success {
            self.document = format!("https://faxes.sim.invalid/{}.pdf", act.fx.ids.uuid());
        }
        let params = json!({
            "identity": self.identity,
            "remote_identity": "",
            "document": self.document,
            "success": success,
            "result": if success { "0" } else { "1" },
            "result_text": if success { "OK" } else { "stopped" },
            "pages": self.pages,
            "format": "pdf",
        });
        self.event(act, "finished", params);
        act.finish();
    }
}

impl Work for Faxing {
    fn family(&self) -> &'static str {
        if self.sends { "calling.send_fax" } else { "calling.receive_fax" }
    }

    fn start(&mut self, act: &mut Act<'_, '_>) {
        self.all = act.fx.world.fax_pages.0;
        act.timer(timing::FAX_PAGE);
    }

    fn due(&mut self, act: &mut Act<'_, '_>) {
        if self.sends && self.is_out_of_reach() {
            self.event(act, "error", json!({"description": "the document cannot be fetched"}));
            act.finish();
        } else if self.pages < self.all {
            self.pages += 1;
            self.event(act, "page", json!({"number": self.pages}));
            act.timer(timing::FAX_PAGE);
        } else {
            self.finish(act, true);
        }
    }

    fn command(&mut self, command: &str, _params: Params<'_>, act: &mut Act<'_, '_>) -> Result<(), Failure> {
        match command {
            "stop" => self.finish(act, false),
            _ => return Err(unknown_command(self.family(), command)),
        }
        Ok(())
    }
}
