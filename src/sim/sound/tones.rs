//! Tones: keys, beeps, ringing.
//!
//! Never louder than 1: the recording chooses the level.

use super::RATE;
use std::f32::consts::TAU;

/// The tone pair of a key (ITU-T Q.23), in Hz: its row, then its column.
pub(super) fn dtmf(key: char) -> [f32; 2] {
    const ROWS: [(&str, f32); 4] = [("123A", 697.0), ("456B", 770.0), ("789C", 852.0), ("*0#D", 941.0)];
    const COLUMNS: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
    let pair = ROWS.iter().find_map(|(keys, row)| Some([*row, COLUMNS[keys.find(key)?]]));
    pair.unwrap_or_default()
}

/// Sine tones of these frequencies (Hz) together; each has its share of the level.
pub(super) fn sum(at: usize, frequencies: &[f32]) -> f32 {
    let share = 1.0 / frequencies.len().max(1) as f32;
    frequencies.iter().map(|frequency| sine(at, *frequency) * share).sum()
}

/// Ringing as in North America: two seconds of 440 and 480 Hz, four of silence.
pub(super) fn ring(at: usize) -> f32 {
    let rate = RATE as usize;
    if at % (6 * rate) < 2 * rate { sum(at, &[440.0, 480.0]) } else { 0.0 }
}

pub(super) fn sine(at: usize, frequency: f32) -> f32 {
    // Only the place within a second counts, or an hour would lose precision; frequencies are whole.
    let seconds = (at % RATE as usize) as f32 / RATE as f32;
    (TAU * frequency * seconds).sin()
}
