//! The settings as a user meets them: places in, values or messages out.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use super::*;

/// Sources from `name=value` words: a flag (`--x=`), a variable, `file:NAME=` and `toml:key = …`.
fn with<T>(words: &[&str], use_sources: impl Fn(&Sources) -> T) -> T {
    let mut flags = Flags::default();
    let (mut env, mut file, mut toml) = (Vec::new(), String::new(), String::new());
    for word in words {
        if let Some(line) = word.strip_prefix("file:") {
            file += &format!("{line}\n");
        } else if let Some(line) = word.strip_prefix("toml:") {
            toml += &format!("{line}\n");
        } else {
            let (name, value) = word.split_once('=').unwrap();
            let mut known = Setting::ALL.into_iter().flat_map(|s| s.names().flags.to_vec());
            match known.find(|flag| *flag == name) {
                Some(flag) => flags.push(flag, value),
                None => env.push((name.to_owned(), value.to_owned())),
            }
        }
    }
    use_sources(&Sources {
        flags,
        env: &|name| env.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()),
        env_file: Some(EnvFile::parse(Path::new("prod.env"), &file).unwrap()),
        toml: Some(TomlFile::parse(Path::new("etc/relay-script.toml"), &toml).unwrap()),
    })
}

fn load(words: &[&str]) -> Config {
    with(words, Config::load).unwrap()
}

fn message(words: &[&str]) -> String {
    with(words, Config::load).unwrap_err().to_string()
}

#[test]
fn nothing_set_gives_the_defaults() {
    let config = load(&[]);
    assert_eq!(config.credentials, None);
    assert_eq!(config.endpoint.to_string(), "wss://relay.signalwire.com/");
    assert_eq!((config.ca_file, config.contexts), (None, vec!["default".to_owned()]));
    assert_eq!((config.max_active_calls, config.shards), (1000, 1));
    assert_eq!((config.drain_timeout, config.max_operations), (Duration::from_secs(60), 10_000_000));
    assert_eq!(config.logging, Logging { format: None, level: LogLevel::Info, directives: None });
}

#[test]
fn the_stronger_source_wins() {
    let mut words = vec![
        "--max-calls=4",
        "RELAY_MAX_ACTIVE_CALLS=3",
        "file:RELAY_MAX_ACTIVE_CALLS=2",
        "toml:max_calls=1",
    ];
    for expected in [4, 3, 2, 1] {
        assert_eq!(load(&words).max_active_calls, expected, "{words:?}");
        words.remove(0);
    }
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    assert_eq!(
        load(&["SIGNALWIRE_SPACE= ", "file:SIGNALWIRE_SPACE=mine"]).endpoint.host,
        "mine.signalwire.com"
    );
    assert_eq!(load(&["SIGNALWIRE_PROJECT_ID=", "SIGNALWIRE_API_TOKEN="]).credentials, None);
    assert_eq!(message(&["--token="]), "--token from the command line: expected a value, got an empty one");
}

#[test]
fn credentials_are_whole_or_absent() {
    let token = |project: &str, token: &str| {
        Some(Credentials::Token { project: project.to_owned(), token: token.into() })
    };
    let jwt = |text: &str| Some(Credentials::Jwt(text.into()));
    let table: &[(&[&str], Option<Credentials>)] = &[
        (&["SIGNALWIRE_SPACE=x"], None),
        (&["SIGNALWIRE_PROJECT_ID=p", "SIGNALWIRE_API_TOKEN=t"], token("p", "t")),
        (&["SIGNALWIRE_PROJECT_ID=p", "SIGNALWIRE_TOKEN=t\n"], token("p", "t")),
        (&["SIGNALWIRE_PROJECT_ID=p", "SIGNALWIRE_TOKEN=b", "SIGNALWIRE_API_TOKEN=a"], token("p", "a")),
        (&["toml:project = \"p\"", "--token=t"], token("p", "t")),
        (&["SIGNALWIRE_JWT_TOKEN=j"], jwt("j")),
        (&["SIGNALWIRE_JWT_TOKEN=j", "SIGNALWIRE_PROJECT_ID=p"], jwt("j")),
        (&["SIGNALWIRE_JWT_TOKEN=j", "SIGNALWIRE_PROJECT_ID=p", "SIGNALWIRE_TOKEN=t"], jwt("j")),
        (&["SIGNALWIRE_JWT_TOKEN=j", "SIGNALWIRE_PROJECT_ID=p", "--token=t"], token("p", "t")),
        (&["toml:jwt = \"j\"", "file:SIGNALWIRE_PROJECT_ID=p", "file:SIGNALWIRE_TOKEN=t"], token("p", "t")),
    ];
    for (words, expected) in table {
        assert_eq!(load(words).credentials, *expected, "{words:?}");
    }
}

#[test]
fn half_of_the_credentials_names_the_other_half() {
    let error = with(&["file:SIGNALWIRE_PROJECT_ID=p"], Config::load).unwrap_err();
    assert_eq!(
        error.to_string(),
        "SIGNALWIRE_API_TOKEN is not set, but there is SIGNALWIRE_PROJECT_ID from prod.env"
    );
    assert_eq!(
        error.hint().unwrap(),
        "set SIGNALWIRE_API_TOKEN in the environment or in a file given with --env-file"
    );
    let error = with(&["SIGNALWIRE_TOKEN=t"], Config::load).unwrap_err();
    assert_eq!(
        error.to_string(),
        "SIGNALWIRE_PROJECT_ID is not set, but there is SIGNALWIRE_TOKEN from the environment"
    );
}

#[test]
fn a_host_becomes_a_url() {
    let table: &[(&[&str], &str)] = &[
        (&["SIGNALWIRE_SPACE=example"], "wss://example.signalwire.com/"),
        (&["SIGNALWIRE_SPACE=Example.signalwire.com"], "wss://example.signalwire.com/"),
        (&["SIGNALWIRE_SPACE=a", "SIGNALWIRE_RELAY_HOST=b.test"], "wss://b.test/"),
        (&["--space=a", "SIGNALWIRE_RELAY_HOST=b.test"], "wss://a.signalwire.com/"),
        (&["--host=localhost:18901/api/relay/ws"], "wss://localhost:18901/api/relay/ws"),
        (&["--host=localhost", "--scheme=ws"], "ws://localhost/"),
        (&["--host=ws://127.0.0.9:80/x"], "ws://127.0.0.9/x"),
        (&["--host=wss://[::1]:443"], "wss://[::1]/"),
        (&["--host=[::1]:8080", "SIGNALWIRE_RELAY_SCHEME=ws"], "ws://[::1]:8080/"),
        (&["--host=wss://relay:8443/p"], "wss://relay:8443/p"),
        (&["--host=relay:8443"], "wss://relay:8443/"),
        (&["SIGNALWIRE_RELAY_HOST=ws://localhost:1", "--scheme=wss"], "wss://localhost:1/"),
        (&["--host=ws://localhost:1", "SIGNALWIRE_RELAY_SCHEME=wss"], "ws://localhost:1/"),
        (&["--host=ws://example.test", "--insecure=true"], "ws://example.test/"),
        (
            &["toml:host = \"example.test\"", "toml:scheme = \"ws\"", "toml:insecure = true"],
            "ws://example.test/",
        ),
    ];
    for (words, expected) in table {
        assert_eq!(load(words).endpoint.to_string(), *expected, "{words:?}");
    }
}

#[test]
fn ws_is_for_this_machine_only() {
    for host in
        ["example", "127.0.0.1.example.com", "128.0.0.1", "[::2]", "localhost.example.com", "10.0.0.1:80"]
    {
        let error =
            with(&[&format!("--host={host}"), "SIGNALWIRE_RELAY_SCHEME=ws"], Config::load).unwrap_err();
        assert!(matches!(error, ConfigError::Unencrypted { .. }), "{host}: {error}");
    }
    let error = with(&["--host=ws://a.test:1"], Config::load).unwrap_err();
    assert_eq!(
        error.to_string(),
        "--host from the command line: ws:// is not encrypted, and a.test is not this machine"
    );
    assert_eq!(error.hint().unwrap(), "use wss://, or accept the risk with --insecure");
}

#[test]
fn an_impossible_host_is_refused() {
    for host in [
        "https://a.test",
        "a b",
        "a.test:0",
        "a.test:+1",
        "a.test:99999",
        "a:",
        "[::1",
        "[x]",
        ".a",
        "wss://",
        "/x",
    ] {
        let text = message(&[&format!("SIGNALWIRE_SPACE={host}")]);
        assert!(
            text.starts_with("SIGNALWIRE_SPACE from the environment: expected a space or a host"),
            "{text}"
        );
        assert!(text.ends_with(&format!("got {host:?}")), "{text}");
    }
    for host in ["wss://me:hunter2@a.test", "a.test/p?token=hunter2"] {
        let text = message(&[&format!("SIGNALWIRE_SPACE={host}")]);
        assert!(text.ends_with("got one with a password or a query"), "{text}");
    }
}

#[test]
fn contexts_are_a_list_without_repeats() {
    let table: &[(&[&str], &[&str])] = &[
        (&["--context=a", "--context=b", "SIGNALWIRE_CONTEXTS=c"], &["a", "b"]),
        (&["SIGNALWIRE_CONTEXTS= sales, support,,sales"], &["sales", "support"]),
        (&["toml:contexts = [\"x\", \"y\"]"], &["x", "y"]),
    ];
    for (words, expected) in table {
        assert_eq!(load(words).contexts, *expected, "{words:?}");
    }
    assert_eq!(
        message(&["SIGNALWIRE_CONTEXTS=,"]),
        "SIGNALWIRE_CONTEXTS from the environment: expected names separated by commas, got \",\""
    );
}

#[test]
fn a_bad_value_names_its_setting_and_its_place() {
    let table: &[(&[&str], &str)] = &[
        (
            &["RELAY_MAX_ACTIVE_CALLS=many"],
            "RELAY_MAX_ACTIVE_CALLS from the environment: expected a whole number from 1 to 1000000, got \"many\"",
        ),
        (
            &["toml:max_calls = 0"],
            "max_calls from etc/relay-script.toml: expected a whole number from 1 to 1000000, got \"0\"",
        ),
        (
            &["--shards=257"],
            "--shards from the command line: expected a whole number from 1 to 256, got \"257\"",
        ),
        (
            &["--drain-timeout=-1"],
            "--drain-timeout from the command line: expected a whole number from 0 to 86400, got \"-1\"",
        ),
        (
            &["toml:max_operations = 1.5"],
            "max_operations from etc/relay-script.toml: expected a whole number from 1 to 1000000000000, got \"1.5\"",
        ),
        (
            &["file:SIGNALWIRE_RELAY_SCHEME=https"],
            "SIGNALWIRE_RELAY_SCHEME from prod.env: expected ws or wss, got \"https\"",
        ),
        (
            &["toml:log_format = \"xml\""],
            "log_format from etc/relay-script.toml: expected text or json, got \"xml\"",
        ),
        (
            &["--host=ws://a.test", "toml:insecure = \"perhaps\""],
            "insecure from etc/relay-script.toml: expected true or false, got \"perhaps\"",
        ),
    ];
    for (words, expected) in table {
        assert_eq!(message(words), *expected);
    }
}

#[test]
fn a_ca_file_in_the_toml_starts_from_its_folder() {
    assert_eq!(load(&["toml:ca_file = \"ca.pem\""]).ca_file.unwrap(), Path::new("etc/ca.pem"));
    assert_eq!(load(&["SIGNALWIRE_RELAY_CA_FILE=ca.pem"]).ca_file.unwrap(), Path::new("ca.pem"));
}

#[test]
fn rust_log_yields_to_a_flag_only() {
    let logging = |words: &[&str]| load(words).logging;
    assert_eq!(logging(&["RUST_LOG=debug", "toml:log_level = \"warn\""]).directives.unwrap(), "debug");
    assert_eq!(logging(&["toml:log_level = \"warn\""]).level, LogLevel::Warn);
    let flagged = logging(&["RUST_LOG=debug", "-v=trace", "--log-format=json"]);
    assert_eq!(flagged, Logging { format: Some(LogFormat::Json), level: LogLevel::Trace, directives: None });
}

#[test]
fn a_toml_file_is_checked_key_by_key() {
    let table = [
        ("max_call = 1", "unknown setting \"max_call\" in c.toml", Some("did you mean \"max_calls\"?")),
        ("conTexts = []", "unknown setting \"conTexts\" in c.toml", Some("did you mean \"contexts\"?")),
        (
            "zebra = 1",
            "unknown setting \"zebra\" in c.toml",
            Some("settings of this file are named like the flags, with _ for -"),
        ),
        (
            "token = { a = 1 }",
            "token from c.toml: expected a text, a number, true, false or a list of texts, got a table",
            None,
        ),
        (
            "contexts = [1]",
            "contexts from c.toml: expected a text, a number, true, false or a list of texts, got an array",
            None,
        ),
    ];
    for (text, expected, hint) in table {
        let error = TomlFile::parse(Path::new("c.toml"), text).unwrap_err();
        assert_eq!((error.to_string().as_str(), error.hint().as_deref()), (expected, hint));
    }
}

#[test]
fn a_broken_file_is_named_with_its_line_but_not_quoted() {
    let error = TomlFile::parse(Path::new("c.toml"), "project = \"p\"\ntoken = PTsecret\n").unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("c.toml:2: "), "{text}");
    assert!(!format!("{text}{error:?}").contains("PTsecret"), "{text}");
    let error =
        EnvFile::parse(Path::new("a.env"), "\u{feff}A=1\n# note\nTOKEN=PTsecret of mine\n").unwrap_err();
    assert_eq!(error.to_string(), "a.env:3: expected NAME=value, with quotes around a value with spaces");
    assert!(!format!("{error:?}").contains("PTsecret"));
}

#[test]
fn an_env_file_reads_as_shells_write_it() {
    let text = "\u{feff}A=1\nexport B='two words' # note\nA=2\nC=last ";
    let file = EnvFile::parse(Path::new("a.env"), text).unwrap();
    let get = |name| file.get(name).map(Secret::expose);
    assert_eq!((get("A"), get("B"), get("C")), (Some("1"), Some("two words"), Some("last")));
}

#[test]
fn a_named_file_must_exist_and_the_default_one_need_not() {
    let nowhere = Path::new("/no/such/folder");
    assert!(TomlFile::find(None, nowhere).unwrap().is_none());
    let error = TomlFile::find(Some(&nowhere.join("x.toml")), nowhere).unwrap_err();
    assert_eq!(error.to_string(), "cannot read /no/such/folder/x.toml");
    assert!(EnvFile::read(&nowhere.join(".env")).is_err());
}

#[test]
fn no_debug_output_shows_a_token() {
    let words = ["SIGNALWIRE_PROJECT_ID=p", "--token=hunter22", "toml:jwt = \"hunter22\"", "file:X=hunter22"];
    let shown = with(&words, |sources| {
        format!("{:?} {:?} {:?} {:?}", sources.flags, sources.env_file, sources.toml, Config::load(sources))
    });
    assert!(!shown.contains("hunter22"), "{shown}");
}
