//! Drawn recordings: their size, their channels, their tones.
#![allow(clippy::unwrap_used)]

use super::{Murmur, Noise, RATE, Side, Sound};
use std::f32::consts::TAU;
use std::io::Cursor;
use std::time::Duration;

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// The samples of a file, one list a channel.
fn read(sound: &Sound) -> Vec<Vec<i16>> {
    let file = sound.wav().unwrap();
    assert_eq!(file.len() as u64, sound.size());
    let mut reader = hound::WavReader::new(Cursor::new(file)).unwrap();
    let spec = reader.spec();
    assert_eq!((spec.sample_rate, spec.bits_per_sample), (RATE, 16));
    let channels = usize::from(spec.channels);
    let samples: Vec<i16> = reader.samples::<i16>().map(Result::unwrap).collect();
    (0..channels).map(|channel| samples.iter().skip(channel).step_by(channels).copied().collect()).collect()
}

/// How much of a frequency is in some samples, from 0 to about 1 (Goertzel).
fn power(samples: &[i16], frequency: f32) -> f32 {
    let step = 2.0 * (TAU * frequency / RATE as f32).cos();
    let (mut before, mut last) = (0.0_f32, 0.0_f32);
    for sample in samples {
        (before, last) = (last, f32::from(*sample) / 10_900.0 + step * last - before);
    }
    (before.powi(2) + last.powi(2) - step * before * last).sqrt() * 2.0 / samples.len() as f32
}

#[test]
fn each_key_has_its_own_tone_pair() {
    for (key, pair) in
        [('1', [697.0, 1209.0]), ('5', [770.0, 1336.0]), ('#', [941.0, 1477.0]), ('D', [941.0, 1633.0])]
    {
        let mut sound = Sound::new(false);
        sound.mark(Side::Speaks, Noise::Key(key), ms(100), ms(200));
        sound.end(ms(400));
        let samples = &read(&sound)[0];
        assert_eq!(samples.len(), 3200);
        let tone = &samples[800..2400];
        for frequency in [697.0, 770.0, 852.0, 941.0, 1209.0, 1336.0, 1477.0, 1633.0] {
            let heard = power(tone, frequency) > 0.3;
            assert_eq!(heard, pair.contains(&frequency), "{key} {frequency}: {}", power(tone, frequency));
        }
        assert!(samples[..800].iter().chain(&samples[2400..]).all(|sample| *sample == 0));
    }
}

#[test]
fn sides_are_channels_in_stereo_and_mixed_in_mono() {
    for stereo in [true, false] {
        let mut sound = Sound::new(stereo);
        sound.mark(Side::Speaks, Noise::Beep, ms(0), ms(100));
        sound.mark(Side::Listens, Noise::Music, ms(100), ms(100));
        sound.end(ms(200));
        let channels = read(&sound);
        let loud = |channel: usize, half: usize| {
            channels[channel][half * 800..][..800].iter().any(|sample| sample.abs() > 1000)
        };
        let heard: Vec<bool> =
            (0..channels.len()).flat_map(|channel| [loud(channel, 0), loud(channel, 1)]).collect();
        let expected = if stereo { vec![true, false, false, true] } else { vec![true, true] };
        assert_eq!(heard, expected);
    }
}

#[test]
fn nothing_sounds_past_a_cut_or_the_end() {
    let mut sound = Sound::new(false);
    let voice = sound.mark(Side::Speaks, Noise::Voice(Murmur::of("a long murmur")), ms(0), ms(5000));
    sound.cut(voice, ms(300));
    sound.mark(Side::Listens, Noise::Ring, ms(500), ms(9000));
    sound.end(ms(600));
    let samples = &read(&sound)[0];
    assert_eq!(samples.len(), 4800);
    let loud = |from: usize, until: usize| samples[from..until].iter().any(|sample| sample.abs() > 500);
    assert_eq!((loud(0, 2400), loud(2400, 4000), loud(4000, 4800)), (true, false, true));
}

#[test]
fn an_empty_recording_is_a_file_too() {
    assert_eq!(Sound::new(true).wav().unwrap().len(), 44);
}
