//! `--record`: the frames between clients and the simulator, one a line, without secrets.
//!
//! It changes no frame that is sent, and a disk that is full ends the recording, not the calls.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::redact::Redactor;
use crate::sim::masked_value;
use crate::sim::server::Crossing;

/// See the module.
pub struct Exchange {
    /// `None` once it could not be written.
    file: Option<BufWriter<File>>,
    redactor: Arc<Redactor>,
    failed: Option<io::Error>,
}

impl Exchange {
    /// Begins a file, in the place of one that is there. Only its owner can read a new one.
    pub fn begin(path: &Path, redactor: Arc<Redactor>) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self { file: Some(BufWriter::new(options.open(path)?)), redactor, failed: None })
    }

    /// Takes down a frame.
    pub fn note(&mut self, crossing: Crossing<'_>) {
        let Some(file) = &mut self.file else { return };
        let written = writeln!(file, "{}", line(crossing, &self.redactor));
        self.check(written);
    }

    /// Brings what was taken down to the disk; the error that ended the recording, once.
    pub fn flush(&mut self) -> Option<io::Error> {
        let written = self.file.as_mut().map_or(Ok(()), Write::flush);
        self.check(written);
        self.failed.take()
    }

    fn check(&mut self, written: io::Result<()>) {
        if let Err(error) = written {
            self.file = None;
            self.failed = Some(error);
        }
    }
}

fn line(crossing: Crossing<'_>, redactor: &Redactor) -> String {
    let frame: Value = serde_json::from_str(crossing.frame).unwrap_or_else(|_| crossing.frame.into());
    let line = json!({
        "t": crossing.at.as_secs_f64(),
        "link": crossing.link,
        "from": if crossing.from_client { "client" } else { "server" },
        "frame": masked_value(&frame),
    });
    redactor.mask_json(&line.to_string()).into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use super::*;

    #[test]
    fn no_secret_is_written() {
        let redactor = Redactor::new();
        redactor.add("planted-elsewhere");
        for (frame, expected) in [
            (
                r#"{"params":{"authentication":{"project":"p","token":"planted"}}}"#,
                r#"{"params":{"authentication":{"project":"p","token":"****"}}}"#,
            ),
            (r#"{"jwt_token":"planted","n":1}"#, r#"{"jwt_token":"****","n":1}"#),
            (r#"{"authorization_state":"planted"}"#, r#"{"authorization_state":"****"}"#),
            (r#"{"digits":"4242424242424242"}"#, r#"{"digits":"************4242"}"#),
            (
                r#"{"payment_card_expiration_date":"0931","payment_card_postal_code":"73301"}"#,
                r#"{"payment_card_expiration_date":"****","payment_card_postal_code":"****"}"#,
            ),
            (
                r#"{"payment_connector_url":"http://me:planted@host/pay?key=planted"}"#,
                r#"{"payment_connector_url":"http://****@host/pay?****"}"#,
            ),
            (r#"{"token_type":"reusable"}"#, r#"{"token_type":"reusable"}"#),
            (r#"{"text":"planted-elsewhere"}"#, r#"{"text":"***"}"#),
            ("planted-elsewhere", "\"***\""),
        ] {
            let at = Duration::from_millis(1500);
            let written = line(Crossing { at, link: 2, from_client: true, frame }, &redactor);
            assert_eq!(written, format!(r#"{{"frame":{expected},"from":"client","link":2,"t":1.5}}"#));
        }
    }
}
