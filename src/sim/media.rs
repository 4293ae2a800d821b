//! What can be played: speech, audio files, silence, ringtones.
//!
//! Never makes a sound: it only knows how long each lasts.

use super::frames::{Failure, Fields};
use super::observe::How;
use super::params::{Params, unfit, wrong};
use super::timing;
use serde_json::Value;
use std::time::Duration;

/// The longest silence or ringing in one item, in seconds: an hour (*assumed*).
const LONGEST: f64 = 3600.0;

/// Ringtones by the length of one ring and its pause, in milliseconds. RELAY documents the names, and that a
/// ringtone without `duration` rings once; the lengths are the countries' own (ITU-T E.180), and `gb` beside
/// `uk` is *assumed*.
const RINGTONES: [(u64, &[&str]); 5] = [
    (3000, &["au", "gb", "in", "jp", "my", "nz", "sg", "tw", "uk", "za"]),
    (4000, &["be", "cl", "il"]),
    (4500, &["es"]),
    (
        5000,
        &[
            "bg", "br", "ch", "cn", "cz", "de", "dk", "ee", "fi", "fr", "gr", "hu", "it", "lt", "mx", "nl",
            "no", "ph", "pl", "ru", "th", "ve",
        ],
    ),
    (6000, &["at", "pt", "se", "us"]),
];

/// How long an item lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// So long.
    Known(Duration),
    /// An audio file that nobody has looked at yet.
    Unknown,
    /// A file that is not there, or is no audio.
    Broken,
}

/// One item that is heard.
#[derive(Debug, Clone)]
pub(super) struct Media {
    /// The spoken text, the URL, the ringtone's name, or the length of the silence.
    pub(super) text: String,
    pub(super) how: How,
    pub(super) length: Length,
}

impl Media {
    pub(super) fn parse(item: &Value) -> Result<Self, Failure> {
        let shape = || Failure::bad("media must be an object with 'type' and 'params'");
        let item: &Fields = item.as_object().ok_or_else(shape)?;
        let item = Params(item);
        match item.text("type")? {
            "tts" => Self::speech(item.object("params")?),
            "audio" => Self::audio(item.object("params")?),
            "silence" => Self::silence(item.object("params")?),
            "ringtone" => Self::ringtone(item.object("params")?),
            other => Err(unfit("type", "tts, audio, silence or ringtone", &other.into())),
        }
    }

    fn new(text: &str, how: How, length: Length) -> Self {
        Self { text: text.to_owned(), how, length }
    }

    fn speech(params: Params<'_>) -> Result<Self, Failure> {
        let text = params.text("text")?;
        params.optional_text("language")?;
        params.optional_text("voice")?;
        params.choice("gender", &["male", "female"])?;
        Ok(Self::new(text, How::Tts, Length::Known(timing::speech(text))))
    }

    fn audio(params: Params<'_>) -> Result<Self, Failure> {
        let url = params.text("url")?;
        let web = ["http://", "https://"].iter().any(|scheme| url.to_ascii_lowercase().starts_with(scheme));
        if !web {
            return Err(wrong("url", "an http or https URL"));
        }
        Ok(Self::new(url, How::Audio, Length::Unknown))
    }

    fn silence(params: Params<'_>) -> Result<Self, Failure> {
        let duration = params.within("duration", 0.0..=LONGEST)?;
        let duration = duration.ok_or_else(|| Failure::bad("missing required parameter 'duration'"))?;
        Ok(Self::new(&format!("{duration} s"), How::Silence, Length::Known(timing::seconds(duration))))
    }

    fn ringtone(params: Params<'_>) -> Result<Self, Failure> {
        let name = params.text("name")?;
        let known = RINGTONES.iter().find(|(_, names)| names.contains(&name));
        let (once, _) = known.ok_or_else(|| unfit("name", "a country such as us, uk or it", &name.into()))?;
        let length = match params.within("duration", 0.0..=LONGEST)? {
            Some(duration) => timing::seconds(duration),
            None => Duration::from_millis(*once),
        };
        Ok(Self::new(name, How::Ringtone, Length::Known(length)))
    }

    /// How long it lasts, as far as is known.
    pub(super) fn planned(&self) -> Duration {
        let length = match self.length {
            Length::Known(length) => length,
            Length::Unknown | Length::Broken => timing::AUDIO,
        };
        length.max(timing::SHORTEST)
    }
}
