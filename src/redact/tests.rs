//! What is masked, what is left alone, and that no text at all breaks it.

#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn card_numbers_keep_their_last_four_digits() {
    let table = [
        ("4111111111111111", "************1111"),
        ("card 4111 1111 1111 1111.", "card ************1111."),
        ("5555-5555-5555-4444", "************4444"),
        ("378282246310005", "************0005"),
        ("4222222222222", "************2222"),
        ("6304000000000000000", "************0000"),
        ("x4111111111111111y", "x************1111y"),
        ("é4111111111111111é", "é************1111é"),
        ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "************1111"),
        ("4111111111111111#1226#123#", "************1111#1226#123#"),
        ("4111 1111 1111 1111 12/26", "************1111 12/26"),
        ("1 4111-1111-1111-1111", "1 ************1111"),
        ("a 4111111111111111, b 5555555555554444", "a ************1111, b ************4444"),
        ("+1 555 123 4567 4111111111111111", "+1 555 123 4567 ************1111"),
        (r"\u00014111111111111111", r"\u0001************1111"),
        (r"\u4111111111111111", r"\u************1111"),
    ];
    for (text, expected) in table {
        assert_eq!(mask(text), expected, "{text}");
    }
}

#[test]
fn other_text_is_left_alone_without_allocation() {
    for text in [
        "",
        "hello",
        "4111111111111112",
        "411111111111",
        "41111111111111111111111",
        "4111  1111  1111  1111",
        "4111.1111.1111.1111",
        "+15551234567",
        "15551234567 15557654321",
        "2024-11-22 13:14:15",
        "41111111-1111-1111-8111-411111111111",
        "00000000-0000-0000-0000-000000000000",
        "４１１１１１１１１１１１１１１１",
        "0 ",
        "-",
        "\\u",
    ] {
        assert!(matches!(mask(text), Cow::Borrowed(same) if same == text), "{text}");
    }
}

#[test]
fn a_registered_secret_is_masked_in_every_form() {
    let redactor = Redactor::new();
    redactor.add("PT/a\"b\\c\né");
    let table = [
        ("PT/a\"b\\c\né!", "***!"),
        (r#"{"token":"PT/a\"b\\c\né"}"#, r#"{"token":"***"}"#),
        (r#"{"token":"PT\/a\"b\\c\né"}"#, r#"{"token":"***"}"#),
        ("xPT/a\"b\\c\néPT/a\"b\\c\néy", "x******y"),
        ("PT/a", "PT/a"),
    ];
    for (text, expected) in table {
        assert_eq!(redactor.mask(text), expected, "{text}");
    }
    assert_eq!(redactor.mask(&format!("{:?}", "PT/a\"b\\c\né")), "\"***\"");
}

#[test]
fn the_longest_secret_is_masked_whole() {
    let redactor = Redactor::new();
    redactor.add("abcd");
    redactor.add("abcdefgh");
    assert_eq!(redactor.mask("abcdefgh abcdef 4111111111111111"), "*** ***ef ************1111");
}

#[test]
fn a_secret_too_short_to_be_one_is_ignored() {
    let redactor = Redactor::new();
    redactor.add("");
    redactor.add("abc");
    assert_eq!(redactor.mask("abc"), "abc");
}

#[test]
fn old_short_lived_secrets_give_way_but_lasting_ones_do_not() {
    let redactor = Redactor::new();
    redactor.add("lasting");
    for number in 0..=SHORT_LIVED {
        redactor.add_short_lived(&format!("state<{number}>"));
    }
    redactor.add_short_lived("state<9>");
    assert_eq!(redactor.mask("lasting state<0> state<1> state<512>"), "*** state<0> *** ***");
}

#[test]
fn json_stays_json() {
    let redactor = Redactor::new();
    redactor.add("PTsecret");
    redactor.add("77777777");
    let table = [
        (r#"{"a":4111111111111111}"#, r#"{"a":"************1111"}"#),
        (r#"{"a":[1,4111111111111111,-2]}"#, r#"{"a":[1,"************1111",-2]}"#),
        (r#"{"t":1000000000000008,"s":"PTsecret"}"#, r#"{"t":1000000000000008,"s":"***"}"#),
        (r#"{"t":0.4111111111111111,"s":"PTsecret"}"#, r#"{"t":0.4111111111111111,"s":"***"}"#),
        (r#"{"a":77777777,"b":true}"#, r#"{"a":"***","b":true}"#),
        (r#"{"q\"":"4111111111111111\\"}"#, r#"{"q\"":"************1111\\"}"#),
    ];
    for (line, expected) in table {
        assert_eq!(redactor.mask_json(line), expected);
        serde_json::from_str::<serde_json::Value>(&redactor.mask_json(line)).unwrap();
    }
    assert!(matches!(redactor.mask_json(r#"{"t":1700000000001}"#), Cow::Borrowed(_)));
}

#[test]
fn secrets_added_by_one_thread_are_masked_by_another() {
    let redactor = Redactor::new();
    std::thread::scope(|scope| {
        scope.spawn(|| redactor.add("PTsecret")).join().unwrap();
        scope.spawn(|| assert_eq!(redactor.mask("PTsecret"), "***")).join().unwrap();
    });
}

/// Makes a number of `digits` digits right by its last one.
fn card(random: &mut fastrand::Rng, digits: usize) -> String {
    let mut number: String = (1..digits).map(|_| random.digit(10)).collect();
    let sum: u32 = number
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(at, digit)| if at % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit })
        .sum();
    number.push(char::from_digit((10 - sum % 10) % 10, 10).unwrap());
    number
}

#[test]
fn every_card_number_is_found_in_any_surroundings() {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..20_000 {
        let digits = random.usize(13..=19);
        let number = card(&mut random, digits);
        let mut spelt = String::new();
        for digit in number.chars() {
            spelt.push(digit);
            if random.u8(..4) == 0 {
                spelt.push(random.choice([' ', '-']).unwrap());
            }
        }
        let spelt = spelt.trim_end_matches([' ', '-']);
        let around = ["", " ", "é", "x", "\"", "日本", "#", ".", "\n", ":"];
        let text = format!("{}{spelt}{}", random.choice(around).unwrap(), random.choice(around).unwrap());
        let masked = mask(&text);
        assert!(masked.contains(&format!("************{}", &number[digits - 4..])), "{text} became {masked}");
        assert!(!masked.contains(spelt), "{text} became {masked}");
    }
}

#[test]
fn a_long_run_of_digits_takes_linear_time() {
    let text = "0 ".repeat(200_000);
    assert!(mask(&text).starts_with("************0000 ************0000"));
}

#[test]
fn no_text_breaks_it() {
    let mut random = fastrand::Rng::with_seed(11);
    let pieces = [
        "4", "1111", " ", "-", "\\", "\\u", "\"", "é", "日", "🦀", "secret", "sec", "{", ":", ".", "a1-",
        "\n",
    ];
    let redactor = Redactor::new();
    redactor.add("secret");
    redactor.add("é日");
    for _ in 0..20_000 {
        let text: String = (0..random.usize(..40)).map(|_| *random.choice(&pieces).unwrap()).collect();
        let masked = redactor.mask(&text);
        assert!(!masked.contains("secret") && !masked.contains("é日"), "{text}");
        assert_eq!(redactor.mask(&masked), masked, "masking twice is masking once: {text}");
        assert!(!redactor.mask_json(&text).contains("secret"), "{text}");
    }
}

#[test]
fn valid_json_stays_valid_whatever_it_holds() {
    let mut random = fastrand::Rng::with_seed(13);
    let redactor = Redactor::new();
    redactor.add("secret");
    for _ in 0..5_000 {
        let digits = random.usize(13..=19);
        let number: u64 = card(&mut random, digits).parse().unwrap_or(5);
        let text: String = (0..random.usize(..12)).map(|_| random.char('\0'..'\u{2000}')).collect();
        let value = serde_json::json!({
            "number": number, "float": random.f64(), "text": format!("{text}secret{number}"), "list": [number, text],
        });
        let line = value.to_string();
        let masked = redactor.mask_json(&line);
        assert!(!masked.contains("secret"), "{masked}");
        serde_json::from_str::<serde_json::Value>(&masked)
            .unwrap_or_else(|error| panic!("{error}: {masked}"));
    }
}
