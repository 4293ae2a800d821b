//! How a recording sounds: what was heard on which side, when and for how long, drawn as a WAV file.
//!
//! Never real speech: words become a murmur with as many syllables, music becomes a chord. No text is kept.

mod tones;
mod voice;

#[cfg(test)]
mod tests;

use super::observe::How;
use std::io::Cursor;
use std::time::Duration;
pub(super) use voice::Murmur;

/// Samples a second.
const RATE: u32 = 8000;
/// The bytes before the samples of a WAV file.
const HEADER: u64 = 44;
/// How many noises a recording keeps; what comes after them is silence.
const MOST_MARKS: usize = 10_000;

/// A side of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// What the virtual party says.
    Speaks,
    /// What the virtual party hears.
    Listens,
}

/// A kind of sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Noise {
    /// The beep that begins a recording.
    Beep,
    /// The tone pair of a key.
    Key(char),
    /// Spoken words.
    Voice(Murmur),
    /// An audio file.
    Music,
    /// A ringtone.
    Ring,
}

impl Noise {
    /// What a medium sounds like; silence is no noise.
    pub(super) fn of(how: How, text: &str) -> Option<Self> {
        match how {
            How::Tts => Some(Self::Voice(Murmur::of(text))),
            How::Audio => Some(Self::Music),
            How::Ringtone => Some(Self::Ring),
            How::Silence => None,
        }
    }
}

/// Something begins or ceases to sound on a call.
#[derive(Debug, Clone)]
pub(super) enum Sounding {
    /// The action with this `control_id` begins a noise.
    Begins {
        /// The action.
        by: String,
        /// Where it sounds.
        sides: Vec<Side>,
        /// What it is.
        noise: Noise,
        /// How long it is planned to last.
        length: Duration,
    },
    /// What the action with this `control_id` plays falls silent.
    Ceases(String),
}

/// One noise in a recording.
#[derive(Debug, Clone)]
struct Mark {
    side: Side,
    noise: Noise,
    from: Duration,
    length: Duration,
}

/// A recording: its noises and its length.
#[derive(Debug, Clone)]
pub(super) struct Sound {
    stereo: bool,
    marks: Vec<Mark>,
    length: Duration,
}

impl Sound {
    /// An empty recording; with `stereo` what the party says is on the left, what it hears on the right
    /// (*assumed*).
    pub(super) fn new(stereo: bool) -> Self {
        Self { stereo, marks: Vec::new(), length: Duration::ZERO }
    }

    /// Adds a noise; gives the place of its mark.
    pub(super) fn mark(&mut self, side: Side, noise: Noise, from: Duration, length: Duration) -> usize {
        if self.marks.len() < MOST_MARKS {
            self.marks.push(Mark { side, noise, from, length });
        }
        self.marks.len() - 1
    }

    /// A noise ends here, if it lasts longer.
    pub(super) fn cut(&mut self, place: usize, at: Duration) {
        if let Some(mark) = self.marks.get_mut(place) {
            mark.length = mark.length.min(at.saturating_sub(mark.from));
        }
    }

    /// Every noise ends here, if it lasts longer.
    pub(super) fn cut_all(&mut self, at: Duration) {
        for place in 0..self.marks.len() {
            self.cut(place, at);
        }
    }

    /// When the last key tone is over.
    pub(super) fn last_key(&self) -> Duration {
        let last = self.marks.iter().rev().find(|mark| matches!(mark.noise, Noise::Key(_)));
        last.map_or(Duration::ZERO, |mark| mark.from + mark.length)
    }

    /// The recording is over; what is left of a millisecond is not in it.
    pub(super) fn end(&mut self, length: Duration) {
        self.length = Duration::from_millis(u64::try_from(length.as_millis()).unwrap_or(u64::MAX));
    }

    pub(super) fn length(&self) -> Duration {
        self.length
    }

    fn channels(&self) -> u16 {
        if self.stereo { 2 } else { 1 }
    }

    /// The size of the file, in bytes.
    pub(super) fn size(&self) -> u64 {
        HEADER + samples(self.length) as u64 * 2 * u64::from(self.channels())
    }

    /// The file.
    pub(super) fn wav(&self) -> Result<Vec<u8>, hound::Error> {
        let spec = hound::WavSpec {
            channels: self.channels(),
            sample_rate: RATE,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut file = Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut file, spec)?;
        for sample in self.draw() {
            writer.write_sample(sample)?;
        }
        writer.finalize()?;
        Ok(file.into_inner())
    }

    /// The samples, channel after channel at each moment.
    fn draw(&self) -> Vec<i16> {
        let (count, channels) = (samples(self.length), usize::from(self.channels()));
        let mut drawn = vec![0_i16; count * channels];
        for mark in &self.marks {
            let channel = usize::from(self.stereo && mark.side == Side::Listens);
            let from = samples(mark.from).min(count);
            let until = samples(mark.from + mark.length).min(count);
            let whole = samples(mark.length);
            for at in from..until {
                let sample = &mut drawn[at * channels + channel];
                *sample = sample.saturating_add(mark.noise.sample(at - from, whole));
            }
        }
        drawn
    }
}

impl Noise {
    /// The sample at a place in the noise, of so many samples in all.
    fn sample(&self, at: usize, whole: usize) -> i16 {
        let level = match self {
            Self::Beep => tones::sum(at, &[1000.0]),
            Self::Key(key) => tones::sum(at, &tones::dtmf(*key)),
            Self::Voice(murmur) => murmur.level(at, whole),
            Self::Music => tones::sum(at, &[262.0, 330.0, 392.0]) / 2.0,
            Self::Ring => tones::ring(at),
        };
        // A third of full scale leaves room for three noises at once.
        (level * 10_900.0) as i16
    }
}

/// So many samples are in a time.
fn samples(time: Duration) -> usize {
    usize::try_from(time.as_millis() * u128::from(RATE / 1000)).unwrap_or(usize::MAX)
}
